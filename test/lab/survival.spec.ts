// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import type { TlsMaterial } from '@givc/rpc';
import { controlGroupOf, processOf } from '../bench/processes.js';
import { Callers, type Caller } from './callers.js';
import { addDropIn, removeDropIn } from './drop-in.js';
import type { Lab } from './lab.js';
import type { LabMachine } from './lab-machine.js';
import { addresses, agentPort, echoSocket, machinePrograms, type MachineName } from './plan.js';
import { recordedLines, recordOf } from './record.js';
import { output } from './run.js';
import { RunningProgram } from './running-program.js';
import { sharedLab } from './shared-lab.js';

interface AuditLine {
  readonly peer?: string;
  readonly answer?: string;
  readonly call?: number;
  readonly phase?: 'began' | 'ended';
  readonly suppressed?: number;
}

const unit = 'web.service';
/** The limits of libs/rpc and the socket proxy: connections at an address, of a certificate, and to a socket. */
const [connections, connectionsOfPeer, proxied] = [2_048, 512, 256];

describe('a daemon with the shipped unit', () => {
  let lab: Lab;
  let netVm: LabMachine;
  let callers: Callers;
  const sh = (machine: LabMachine, script: string) => output(machine.enter(['sh', '-c', script]));
  const property = async (machine: LabMachine, name: string): Promise<string> =>
    (await machine.systemctl('show', `--property=${name}`, '--value', machine.program)).stdout.trim();

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    callers = new Callers();
  });
  afterAll(() => callers.remove());

  describe('a daemon under a flood of calls and of log lines', () => {
    /** The number of lines of the daemon's own log. */
    const flood = 50_000;
    /** The calls of each caller: starts of a running unit, of a unit that fails, and starts that the rules reject. */
    const [succeeding, failing, refusedEach] = [1_300, 200, 1_000];
    let changing: Caller[];
    let refused: Caller[];
    let lines: AuditLine[];

    const recorded = async (): Promise<AuditLine[]> =>
      (await recordedLines(netVm)).map((line) => JSON.parse(line) as AuditLine);
    const refusalsOf = (caller: Caller) => lines.filter(({ peer, phase }) => peer === caller.name && !phase);

    let flooded = 0;
    const floodLog = async (count: number): Promise<void> => {
      const program = ['systemd-cat', '--identifier=flood', 'sh', '-c', `yes flood | head -${count}`];
      const join = 'echo $$ > "$0/cgroup.procs"; exec "$@"';
      await output(['sh', '-c', join, controlGroupOf('net-vm', netVm.program), ...netVm.enter(program)]);
      flooded += count;
    };
    const keptInJournal = async (): Promise<number> =>
      Number(await sh(netVm, 'journalctl --sync; journalctl -b -t flood -o cat | wc -l'));

    beforeAll(async () => {
      changing = await Promise.all(['operator', 'gui-vm'].map((name) => callers.caller(name, 'net-vm')));
      refused = await Promise.all(['flood-1', 'flood-2', 'flood-3'].map((name) => callers.caller(name, 'net-vm')));
      // A new process, whose call numbers begin with 1, and whose audit file becomes full in the middle of the flood.
      const padding = `'{"padding":"%s"}\\n' "$(head -c 8000000 /dev/zero | tr '\\0' x)"`;
      await netVm.systemctl('stop', netVm.program);
      await sh(netVm, `rm ${recordOf(netVm)}*; printf ${padding} > ${recordOf(netVm)}`);
      await netVm.systemctl('start', netVm.program);
      // The flood continues at least until journald rejects lines of the unit.
      do await floodLog(flood);
      while ((await keptInJournal()) === flooded);
      await Promise.all([
        floodLog(3 * flood),
        changing[0]!.startOften(unit, succeeding),
        changing[1]!.startOften('broken.service', failing),
        ...refused.map((caller) => caller.startOften(unit, refusedEach)),
      ]);
      lines = await recorded();
      // The next recorded rejection has the number of earlier rejections that were not recorded.
      for (const caller of refused)
        for (const before = refusalsOf(caller).length; refusalsOf(caller).length === before; lines = await recorded())
          await caller.start(unit);
    });
    afterAll(() => {
      for (const caller of [...changing, ...refused]) caller.close();
    });

    it('logs more than journald accepts', async () => {
      expect(await keptInJournal()).toBeLessThan(flooded);
      expect(changing[1]!.answers['RESOURCE_EXHAUSTED']).toBeGreaterThan(0);
      expect(await sh(netVm, `ls ${recordOf(netVm)}*`)).toBe(`${recordOf(netVm)}\n${recordOf(netVm)}.1`);
    });

    it('records the beginning and the end of every change', () => {
      for (const caller of changing) {
        const made = caller.calls - (caller.answers['RESOURCE_EXHAUSTED'] ?? 0);
        const of = (phase: string) => lines.filter((line) => line.peer === caller.name && line.phase === phase);
        expect({ name: caller.name, made, began: of('began').length, ended: of('ended').length }).toEqual({
          ...{ name: caller.name, made, began: made, ended: made },
        });
      }
      const numbers = lines.filter(({ phase }) => phase === 'began').map(({ call }) => call);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    });

    it('records every rejection, in a line of its own or in the count of a later one', () => {
      for (const caller of refused) {
        expect(caller.answers).toEqual({ PERMISSION_DENIED: expect.any(Number) as number });
        const counted = refusalsOf(caller).reduce((sum, { suppressed = 0 }) => sum + 1 + suppressed, 0);
        expect({ name: caller.name, counted }).toEqual({
          name: caller.name,
          counted: caller.answers['PERMISSION_DENIED'],
        });
      }
    });
  });

  describe('a daemon whose connections are all in use', () => {
    const sessions: ClientHttp2Session[] = [];
    let caller: Caller;
    let sockets: RunningProgram;
    let pid: number;
    const limit = (): number =>
      Number(/^Max open files +([0-9]+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))![1]);

    /** Whether one more connection is accepted. */
    const open = async (tls: TlsMaterial): Promise<boolean> => {
      const session = connect(`https://${addresses['net-vm']}:${agentPort}`, { ...tls, servername: 'net-vm' });
      session.on('error', () => undefined);
      const isTaken = await new Promise<boolean>((resolve) => {
        session.once('remoteSettings', () => resolve(true)).once('close', () => resolve(false));
      });
      if (!isTaken) return false;
      sessions.push(session);
      // A connection that never calls counts towards a smaller limit.
      const path = '/grpc.health.v1.Health/Check';
      const call = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      call.on('error', () => undefined).end();
      call.resume();
      return isTaken;
    };
    /**
     * Opens the maximum of connections for one certificate, less those that must stay for others; resolves with whether
     * any was accepted.
     */
    const fill = async (tls: TlsMaterial): Promise<boolean> => {
      const before = sessions.length;
      let left = connectionsOfPeer;
      let isRoom = true;
      const one = async () => {
        while (isRoom && left-- > 0) isRoom &&= await open(tls);
      };
      await Promise.all(Array.from({ length: 16 }, one));
      return sessions.length > before;
    };

    beforeAll(async () => {
      pid = processOf('net-vm', netVm.program);
      caller = await callers.caller('operator', 'net-vm');
      await caller.start(unit);
      // Each is also a connection to a socket of net-vm, which reports that it is established.
      const script =
        `const net = require('node:net'); for (let n = 0; n < ${proxied}; n++) { const socket = ` +
        `net.connect('${echoSocket.proxied}').once('data', () => console.log('echoed')); socket.write('x'); }`;
      sockets = RunningProgram.start(lab.machine('gui-vm').enter(['/usr/local/bin/node', '-e', script]));
      for (let n = 0; n < proxied; n++) await sockets.line('echoed');
      for (let n = 1; await fill(await callers.material(`peer-${n}`)); n++);
    });
    afterAll(async () => {
      for (const session of sessions) session.destroy();
      caller.close();
      await sockets.stop();
    });

    it('accepts no further connection, and uses far fewer descriptors than LimitNOFILE', async () => {
      const socket = connectTcp(agentPort, addresses['net-vm']).on('error', () => undefined);
      await once(socket, 'close');
      const descriptors = readdirSync(`/proc/${pid}/fd`).length;
      expect(descriptors).toBeGreaterThanOrEqual(connections + proxied);
      expect(descriptors).toBeLessThan(limit() / 2);
      // A container may have a lower hard limit, which systemd does not change.
      expect(limit()).toBeLessThanOrEqual(Number(await property(netVm, 'LimitNOFILE')));
    });

    it('serves the existing connections, and new ones once there is room', async () => {
      expect(await caller.start(unit)).toBe('OK');
      const freed = sessions.splice(0);
      await Promise.all(freed.map((session) => new Promise<void>((end) => session.close(end))));
      const other = await callers.caller('gui-vm', 'net-vm');
      expect(await other.start(unit)).toBe('OK');
      other.close();
      expect(processOf('net-vm', netVm.program)).toBe(pid);
    });
  });

  it('is started again each time when it is killed twenty times in quick succession, on three machines at once', async () => {
    const kills = 20;
    const killed = async (name: MachineName) => {
      const machine = lab.machine(name);
      const before = Number(await property(machine, 'NRestarts'));
      const follow = ['journalctl', '--follow', '--lines=all', `--since=@${Date.now() / 1000}`, '--output=cat'];
      const journal = RunningProgram.start(machine.enter([...follow, '--grep=^Start(ing|ed) .*GIVC a']));
      try {
        for (let kill = 0; kill < kills; kill++) {
          await machine.signalProgram('KILL');
          await journal.line('Starting ');
        }
        await journal.line('Started ');
        return { name, restarts: Number(await property(machine, 'NRestarts')) - before };
      } finally {
        await journal.stop();
      }
    };
    const machines = ['admin-vm', 'net-vm', 'chrome-vm'] as const;
    expect(await Promise.all(machines.map(killed))).toEqual(machines.map((name) => ({ name, restarts: kills })));
    await lab.registered(['host', 'net-vm', 'gui-vm', 'chrome-vm']);
  });

  it.each([
    ['admin-vm', ['Environment=CEDAR_FILE=/nonexistent']],
    ['net-vm', ['ExecStart=', `ExecStart=${machinePrograms}/bin/givc-agent -config /nonexistent`]],
  ] as const)('is not started again with a broken configuration, on %s', async (name, lines) => {
    const machine = lab.machine(name);
    await addDropIn(machine, machine.program, ...lines);
    try {
      expect(await machine.systemctl('restart', machine.program)).toMatchObject({ status: 1 });
      const state = ['ActiveState', 'ExecMainStatus', 'NRestarts'].map((one) => property(machine, one));
      expect(await Promise.all(state)).toEqual(['failed', '2', '0']);
    } finally {
      await removeDropIn(machine, machine.program);
      await machine.systemctl('start', machine.program);
    }
    await lab.registered(['host', 'net-vm', 'gui-vm', 'chrome-vm']);
  });
});
