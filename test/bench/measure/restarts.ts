// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { systemd } from '@givc/rpc';
import { connectAdmin, connectAgent } from '../connect.js';
import { type Bench } from '../bench.js';
import { loggedAt, now, programJournal, systemdTime } from '../clock.js';
import { group, times, type Measurement } from '../measurement.js';
import { RegistryWatch } from '../registry-watch.js';

const repetitions = 3;
const agent = 'givc-net-vm.service';

/** A MonitorUnit call that is being read; `ended` resolves once the agent has closed it. */
async function monitor(): Promise<{ readonly ended: Promise<void> }> {
  const channel = connectAgent('net-vm');
  const figures = channel.serverStream(systemd.UnitControlServiceService.monitorUnit, { UnitName: 'web.service' });
  const first = await figures.next();
  if (first.done) throw new Error('MonitorUnit ended before its first figures');
  const drain = async (): Promise<void> => {
    try {
      while (!(await figures.next()).done);
    } catch {
      // An agent that stops may end its streams with a status; only the end matters here.
    }
    channel.close();
  };
  return { ended: drain() };
}

async function agentRestarts({
  lab,
  registry,
}: Bench): Promise<{ agentLeaves: Measurement; agentStop: Measurement; agentStart: Measurement }> {
  const machine = lab.machine('net-vm');
  const [disappearances, stops, starts]: [number[], number[], number[]] = [[], [], []];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { ended } = await monitor();
    const before = registry.changes.length;
    await machine.systemctl('stop', agent);
    await ended;
    const stopping = await systemdTime(machine, agent, 'ActiveExitTimestampMonotonic');
    stops.push((await systemdTime(machine, agent, 'InactiveEnterTimestampMonotonic')) - stopping);
    const lost = await registry.becomes('net-vm', agent, 'PoweredOff', before);
    disappearances.push(lost.at - stopping);

    const since = registry.changes.length;
    const started = machine.systemctl('start', agent);
    const { at } = await registry.becomes('net-vm', agent, 'Running', since);
    await started;
    starts.push(at - (await systemdTime(machine, agent, 'ExecMainStartTimestampMonotonic')));
  }
  return { agentLeaves: times(disappearances), agentStop: times(stops), agentStart: times(starts) };
}

/** Calls `found` with the time at which the admin begins to listen, now and whenever it restarts, until `signal`. */
function followAdmin({ lab }: Bench, signal: AbortSignal, found: (at: number) => void): void {
  const [command, ...args] = lab
    .machine('admin-vm')
    .enter([...programJournal(lab.machine('admin-vm')), '--follow', '--lines=all']);
  const journal = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  journal.on('error', (error) => {
    if (!signal.aborted) throw error;
  });
  createInterface({ input: journal.stdout }).on('line', (line) => {
    const at = loggedAt(line, 'listening');
    if (at !== undefined) found(at);
  });
}

/** Resolves with the time at which a client that connects as soon as the admin listens has all rows. */
async function wholeAt(rows: readonly string[]): Promise<number> {
  const admin = connectAdmin();
  const registry = await RegistryWatch.open(admin);
  await registry.until('the registry is whole', () => registry.rows.join() === rows.join());
  const at = now();
  registry.close();
  admin.close();
  return at;
}

async function adminRestart(bench: Bench): Promise<Measurement> {
  const leaving = new AbortController();
  const listening: number[] = [];
  let wake = (): void => undefined;
  followAdmin(bench, leaving.signal, (at) => {
    listening.push(at);
    wake();
  });
  const listens = async (times: number): Promise<number> => {
    while (listening.length < times) await new Promise<void>((resolve) => (wake = resolve));
    return listening[times - 1]!;
  };
  const rows = bench.registry.rows;
  const measured: number[] = [];
  await listens(1);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const restarted = bench.lab.machine('admin-vm').systemctl('restart', 'givc-admin.service');
    const since = await listens(repetition + 2);
    measured.push((await wholeAt(rows)) - since);
    await restarted;
  }
  leaving.abort();
  return times(measured);
}

export const restarts = group(['agentLeaves', 'agentStop', 'agentStart', 'adminRestart'], async (bench) => ({
  ...(await agentRestarts(bench)),
  adminRestart: await adminRestart(bench),
}));
