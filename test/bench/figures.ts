// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * One row of the table: the measured quantity, the figure of the original implementation, and the limit for this one.
 */
export interface Figure {
  readonly what: string;
  readonly original: string;
  readonly target: string;
}

const figure = (what: string, original: string, target: string): Figure => ({ what, original, target });

/**
 * The rows in the order in which they are printed. The original (an admin in Rust, agents in Go) was measured in the
 * same lab of five machines on two shared cores, with mutual TLS, through the public interface.
 */
export const figures = {
  queryList: figure('QueryList, one caller, p50', '43 ms', '0.8 ms'),
  queryListLoad: figure('QueryList, 32 callers', '11,081/s, p99 7 ms', 'at least 8,000/s'),
  unitStatus: figure('GetUnitStatus through the admin, one caller, p50 / p99', '4.6 / 44 ms', '2.5 / 8 ms'),
  unitStatusLoad: figure('GetUnitStatus through the admin, 32 callers', '801/s, p50 38 ms', 'at least 2,500/s'),
  startService: figure('StartService of a unit that starts at once, p50', '', '12 ms'),
  pacedUnitStatus: figure('GetUnitStatus four times a second (ghz), p50', '6.5 ms', '0.8 of the original'),
  pacedStartService: figure('StartService of an active unit four times a second (ghz), p50', '', '0.8 of the original'),
  pacedQueryList: figure('QueryList four times a second (ghz), p50', '1.7–2.0 ms', '0.8 of the original'),
  pacedSecondInstance: figure(
    'start of further instances four times a second (ghz), p50',
    '2.1 s',
    '0.8 of the original',
  ),
  ghzQueryList: figure('QueryList, 32 callers (ghz)', '6,500/s', "the original's"),
  ghzUnitStatus: figure('GetUnitStatus through the admin, 32 callers (ghz)', '450/s', "4 times the original's"),
  firstUnitStatus: figure('first GetUnitStatus after admin and agent have started (ghz)', '6 ms', '15 ms'),
  halfOpen: figure('QueryList while 1,000 handshakes are half open, p50', '', '50 ms'),
  randomFrames: figure('first call of a new connection after 5,000 random frames, p50', '', '2 s'),
  startApplication: figure('start an application', '85 ms', '60 ms'),
  secondInstance: figure('start a second instance of it', '2.1 s', '60 ms'),
  unitEnds: figure('systemd has seen a unit end by itself → Watch event', 'never', '10 ms'),
  stopApplication: figure('StopApplication → Removed', '8.2 s', '100 ms'),
  applicationEnds: figure('an application ends by itself → Removed', 'never', '100 ms'),
  silence: figure('Watch events in 20 s in which nothing changes', 'one per agent every 5 s', 'none'),
  startVm: figure('StartVM of a VM that is down', '10.1 s (it boots in 0.5 s)', 'boot + 0.2 s'),
  applicationInStoppedVm: figure('start an application in a VM that is down', 'fails', 'boot + 0.3 s'),
  crash: figure('a system VM crashes → seen', 'never', '0.2 s'),
  crashMended: figure('a system VM crashes → its agent is back', 'never', 'boot + 0.2 s'),
  crashRestart: figure('a system VM crashes: its unit ends → starts again', 'never', '0.5 s'),
  vmKilled: figure('a VM is killed → nothing of it is listed but its unit', 'never', '0.2 s'),
  vmOffCall: figure('call to a VM that is off → UNAVAILABLE', '', '0.5 s'),
  bootFails: figure('StartVM of a VM whose unit fails → FAILED_PRECONDITION', '', '1 s'),
  bootLimit: figure('StartVM of a VM that hangs as it boots: boot limit → DEADLINE_EXCEEDED', '', '1 s'),
  agentKilled: figure('an agent is killed → marked as lost', 'never', '0.2 s'),
  agentKilledCall: figure('an agent is killed → a call that waits for it fails', '', '2 s'),
  agentBack: figure('a killed agent listens again → no longer lost', 'never', '1 s'),
  hang: figure('an agent hangs (SIGSTOP) → marked as lost', 'never', '10 s'),
  hangMended: figure('an agent that hung continues → no longer lost', 'never', '1 s'),
  hungCall: figure('call to an agent that hangs → UNAVAILABLE', 'for ever', '5 s'),
  cutOff: figure('a machine is cut off → its agent is marked as lost', 'never', '10 s'),
  suspends: figure('6 suspends of all machines in a row, each twice the silence limit: agents lost', '', 'none'),
  suspendConfirmed: figure('all machines continue after a suspend → every agent is confirmed', '', '0.2 s'),
  cutOffMended: figure('a machine that was cut off is connected → no longer lost', 'never', '1 s'),
  busRestart: figure('the bus of a machine has restarted → its agent answers', '', '1 s'),
  adminRestart: figure('the admin restarts: listening → registry correct', 'never', '1 s'),
  adminKilledCall: figure('the admin is killed → a call under way fails', '', '2 s'),
  adminMachine: figure("the admin's machine crashes: listening again → registry correct", 'never', '1 s'),
  adminReports: figure("the admin's machine crashes: listening again → every agent reports", 'never', '3 s'),
  allAtOnce: figure('nearly all of these at once: last cause gone → registry correct', '', '8 s'),
  agentLeaves: figure('an agent stops → marked as lost', 'never', '0.1 s'),
  agentStop: figure('agent with an open MonitorUnit: SIGTERM → ended', '90 s', '0.3 s'),
  agentStart: figure('agent process started → registered', '0.1 s', '0.6 s'),
  commandLine: figure('command line, one query, whole process', '40 or 80 ms', '200 ms'),
  commandLineFile: figure('command line as one executable file, the same query', '40 or 80 ms', '200 ms'),
  completion: figure('command line, completion of a VM, whole process', '', '250 ms'),
  completionSilent: figure('command line, completion when the admin does not answer', '', '2 s'),
  mistakes: figure('agent with 20,000 mistakes in its configuration: started → ended', '', '1 s'),
  statistics: figure('one pass over 300 processes for GetStats, p50', '', '5 ms'),
  accessCost: figure('identity, 20 rules and record add to a call, p50', '', '0.3 ms'),
  socketRoundTrip: figure('socket proxy, 64-byte round trip, p50 / p99', '0.37 / 2.0 ms', '0.45 / 3.0 ms'),
  socketEcho: figure('socket proxy, echo of 64 MiB, both ways at once', '92 MB/s', 'at least 100 MB/s'),
  socketMany: figure('socket proxy, 64-byte round trips of 32 connections at once', '', ''),
  socketFirst: figure('socket proxy, new connection → first byte', '', '3 ms'),
  socketNew: figure('socket proxy, new connections of 8 users at once', '', '300/s'),
  socketAgentKilled: figure('socket proxy, an agent is killed → both ends are closed', '', '10 s'),
  socketCut: figure('socket proxy, the cable is cut → both ends are closed', '', '10 s'),
  socketBack: figure('socket proxy, the cable is back → it works', '', '5 s'),
  inputEvent: figure('event proxy, event of a device → its virtual device has it, p50 / p99', '', '1 / 5 ms'),
  inputFlood: figure('event proxy, a mouse of 8 kHz for 2 s: the last movement has arrived', '', '50 ms'),
  wrongPassword: figure('Wi-Fi, a wrong password is refused', '', '20 s'),
  idle: figure('CPU time of the idle admin', '1.5 ms/s', '0.3 ms/s'),
  idleAgent: figure('CPU time of an idle agent', '', '0.2 ms/s'),
  adminMemory: figure('memory of the admin with rules, resident (anonymous)', '18 (3) MB', '72 (26) MB'),
  adminMemoryLoad: figure('memory of the admin with rules, 15 s after load', '', '4 MB more'),
  agentMemory: figure('memory of the largest agent, with rules, resident (anonymous)', '20 (5) MB', '70 (22) MB'),
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof figures;
