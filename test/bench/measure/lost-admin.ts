// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { injectAllFaults } from '../../lab/all-faults.js';
import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf, Observer, signalProgram } from '../../lab/observer.js';
import { type Lab } from '../../lab/lab.js';
import { listeningSince, now, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const repetitions = 3;
const bootLimitSeconds = 3;
const unit = 'microvm@chrome-vm.service';

/** A caller with its own connection while the work runs. */
async function withObserver<T>(lab: Lab, work: (observer: Observer) => Promise<T>): Promise<T> {
  await lab.mend();
  const observer = await Observer.open(lab);
  try {
    return await work(observer);
  } finally {
    observer.close();
  }
}

/** Resolves with the time at which a caller that connects as soon as the admin listens again has all rows. */
async function wholeAt(lab: Lab, rows: readonly string[]): Promise<number> {
  const observer = await Observer.openAgain(lab);
  await observer.watch.until('the registry is whole', () => observer.watch.rows.join() === rows.join());
  const at = now();
  observer.close();
  return at;
}

/** The pending call is a start that does not complete. */
async function killedCall(lab: Lab): Promise<number> {
  const [netVm, slow] = [lab.machine('net-vm'), 'slow.service'];
  await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
  return withObserver(lab, async ({ admin }) => {
    const started = Date.now();
    const answered = answerOf(admin.startService({ VmName: 'net-vm', ServiceName: slow })).then(now);
    await netVm.logged(slow, `Starting ${slow}`, { since: started });
    const at = now();
    signalProgram('admin-vm', 'SIGKILL');
    const measured = (await answered) - at;
    await netVm.systemctl('stop', slow);
    await removeDropIn(netVm, slow);
    await lab.machine('admin-vm').logged('givc-admin.service', 'listening', { since: started });
    return measured;
  });
}

async function machineDies(lab: Lab): Promise<{ readonly whole: number; readonly reports: number }> {
  return withObserver(lab, async (observer) => {
    const [rows, since, admin] = [observer.watch.rows, Date.now(), lab.machine('admin-vm')];
    await admin.disconnect();
    process.kill(admin.leader(), 'SIGKILL');
    await lab.machine('host').systemctl('restart', 'microvm@admin-vm.service');
    const whole = await wholeAt(lab, rows);
    await observer.reporting(since);
    const reports = now();
    const listening = await listeningSince(admin);
    return { whole: whole - listening, reports: reports - listening };
  });
}

const allAtOnce = (lab: Lab): Promise<number> =>
  withObserver(lab, async (observer) => {
    const rows = observer.watch.rows;
    const killed = await injectAllFaults(observer);
    const gone = now();
    // Restored entries may look correct before the agents report.
    await observer.reporting(killed);
    return (await wholeAt(lab, rows)) - gone;
  });

/** The delay after the limit with which the answer reaches the caller. */
async function overBootLimit(lab: Lab): Promise<number[]> {
  const [host, admin] = [lab.machine('host'), lab.machine('admin-vm')];
  await addDropIn(admin, 'givc-admin.service', `Environment=GIVC_BOOT_LIMIT=${bootLimitSeconds}`);
  await admin.systemctl('restart', 'givc-admin.service');
  const measured: number[] = [];
  await withObserver(lab, async (observer) => {
    await observer.admin.stopService({ VmName: 'host', ServiceName: unit });
    await addDropIn(host, unit, 'ExecStart=', 'ExecStart=sleep infinity');
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const ms = await timed(() => answerOf(observer.admin.startVm({ VmName: 'chrome-vm' })));
      measured.push(ms - bootLimitSeconds * 1_000);
      await observer.admin.stopService({ VmName: 'host', ServiceName: unit });
    }
    await removeDropIn(host, unit);
  });
  await removeDropIn(admin, 'givc-admin.service');
  await admin.systemctl('restart', 'givc-admin.service');
  await lab.mend();
  return measured;
}

async function repeated<T>(work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) results.push(await work());
  return results;
}

/** Like the restarts, this is measured last, because the connections of other groups end with the admin. */
export const lostAdmin = group(
  ['adminKilledCall', 'adminMachine', 'adminReports', 'allAtOnce', 'bootLimit'],
  async ({ lab }) => {
    const calls = await repeated(() => killedCall(lab));
    const machines = await repeated(() => machineDies(lab));
    return {
      adminKilledCall: times(calls),
      adminMachine: times(machines.map(({ whole }) => whole)),
      adminReports: times(machines.map(({ reports }) => reports)),
      allAtOnce: times(await repeated(() => allAtOnce(lab))),
      bootLimit: times(await overBootLimit(lab)),
    };
  },
);
