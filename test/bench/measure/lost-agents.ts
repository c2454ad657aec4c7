// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf, signalProgram } from '../../lab/observer.js';
import { programUnit, type MachineName } from '../../lab/plan.js';
import { output } from '../../lab/run.js';
import { type Bench } from '../bench.js';
import { listeningSince, now, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const repetitions = 3;
const slow = 'slow.service';

/** The start of a unit of net-vm that does not complete keeps a call waiting. */
async function killed({ lab, admin, registry }: Bench) {
  const [machine, unit] = [lab.machine('net-vm'), programUnit('net-vm')];
  const measured = { reported: [] as number[], call: [] as number[], back: [] as number[] };
  await addDropIn(machine, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const [since, started] = [registry.changes.length, Date.now()];
    const answered = answerOf(admin.startService({ VmName: 'net-vm', ServiceName: slow })).then(now);
    await machine.logged(slow, `Starting ${slow}`, { since: started });
    const at = now();
    signalProgram('net-vm', 'SIGKILL');
    measured.reported.push((await registry.becomes('net-vm', unit, 'PoweredOff', since)).at - at);
    measured.call.push((await answered) - at);
    const back = (await registry.becomes('net-vm', unit, 'Running', since)).at;
    measured.back.push(back - (await listeningSince(machine)));
    await machine.systemctl('stop', slow);
  }
  await removeDropIn(machine, slow);
  return {
    agentKilled: times(measured.reported),
    agentKilledCall: times(measured.call),
    agentBack: times(measured.back),
  };
}

interface OutageTimes {
  readonly lost: number[];
  readonly back: number[];
  /** The duration of a call that is made before the outage is noticed. */
  readonly call: number[];
}

/** Interrupts a machine several times, without closing a connection, each time until the admin notices. */
async function measureOutages(
  { admin, registry }: Bench,
  vm: MachineName,
  begin: () => unknown,
  end: () => unknown,
): Promise<OutageTimes> {
  const unit = programUnit(vm);
  const measured: OutageTimes = { lost: [], back: [], call: [] };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const [since, at] = [registry.changes.length, now()];
    await begin();
    const early = timed(() => answerOf(admin.getUnitStatus({ VmName: vm, UnitName: unit })));
    measured.lost.push((await registry.becomes(vm, unit, 'PoweredOff', since)).at - at);
    measured.call.push(await early);
    const [lost, over] = [registry.changes.length, now()];
    await end();
    measured.back.push((await registry.becomes(vm, unit, 'Running', lost)).at - over);
  }
  return measured;
}

/** Two machines at once, because each outage is mostly a wait. */
async function outages(bench: Bench) {
  const cable = bench.lab.machine('net-vm');
  const [hung, cut] = await Promise.all([
    measureOutages(
      bench,
      'gui-vm',
      () => signalProgram('gui-vm', 'SIGSTOP'),
      () => signalProgram('gui-vm', 'SIGCONT'),
    ),
    measureOutages(
      bench,
      'net-vm',
      () => cable.disconnect(),
      () => cable.reconnect(),
    ),
  ]);
  return {
    hang: times(hung.lost),
    hangMended: times(hung.back),
    hungCall: times(hung.call),
    cutOff: times(cut.lost),
    cutOffMended: times(cut.back),
  };
}

/** Repeats the call after the end of systemctl(1). */
async function busRestart({ lab, admin }: Bench) {
  const ask = () => answerOf(admin.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' }));
  const measured: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await output(lab.machine('net-vm').enter(['systemctl', 'restart', 'dbus.service']));
    const over = now();
    while ((await ask()).status !== 'OK');
    measured.push(now() - over);
  }
  return { busRestart: times(measured) };
}

export const lostAgents = group(
  [
    ...(['agentKilled', 'agentKilledCall', 'agentBack'] as const),
    ...(['hang', 'hangMended', 'hungCall', 'cutOff', 'cutOffMended', 'busRestart'] as const),
  ],
  async (bench) => ({ ...(await killed(bench)), ...(await outages(bench)), ...(await busRestart(bench)) }),
);
