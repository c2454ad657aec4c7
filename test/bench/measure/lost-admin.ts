import { loseAll } from '../../lab/all-losses.js';
import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf, Losses, signalProgram } from '../../lab/losses.js';
import { type Lab } from '../../lab/lab.js';
import { listeningSince, now, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const rounds = 3;
const bootLimitSeconds = 3;
const unit = 'microvm@chrome-vm.service';

/** A caller with a connection of its own, for as long as the work takes. */
async function withLosses<T>(lab: Lab, work: (losses: Losses) => Promise<T>): Promise<T> {
  await lab.mend();
  const losses = await Losses.open(lab);
  try {
    return await work(losses);
  } finally {
    losses.close();
  }
}

/** Resolves with when a caller that comes as soon as the admin listens again has all of the rows. */
async function wholeAt(lab: Lab, rows: readonly string[]): Promise<number> {
  const losses = await Losses.openAgain(lab);
  await losses.watch.until('the registry is whole', () => losses.watch.rows.join() === rows.join());
  const at = now();
  losses.close();
  return at;
}

/** The call under way is a start that does not end. */
async function killedCall(lab: Lab): Promise<number> {
  const [netVm, slow] = [lab.machine('net-vm'), 'slow.service'];
  await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
  return withLosses(lab, async ({ admin }) => {
    const started = Date.now();
    const answered = answerOf(admin.startService({ VmName: 'net-vm', ServiceName: slow })).then(now);
    await netVm.logged(slow, `Starting ${slow}`, { since: started });
    const at = now();
    signalProgram('admin-vm', 'SIGKILL');
    const taken = (await answered) - at;
    await netVm.systemctl('stop', slow);
    await removeDropIn(netVm, slow);
    await lab.machine('admin-vm').logged('givc-admin.service', 'listening', { since: started });
    return taken;
  });
}

async function machineDies(lab: Lab): Promise<{ readonly whole: number; readonly reports: number }> {
  return withLosses(lab, async (losses) => {
    const [rows, since, admin] = [losses.watch.rows, Date.now(), lab.machine('admin-vm')];
    await admin.disconnect();
    process.kill(admin.leader(), 'SIGKILL');
    await lab.machine('host').systemctl('restart', 'microvm@admin-vm.service');
    const whole = await wholeAt(lab, rows);
    await losses.reporting(since);
    const reports = now();
    const listening = await listeningSince(admin);
    return { whole: whole - listening, reports: reports - listening };
  });
}

const allAtOnce = (lab: Lab): Promise<number> =>
  withLosses(lab, async (losses) => {
    const rows = losses.watch.rows;
    const killed = await loseAll(losses);
    const gone = now();
    // What the admin remembers may look right before it is.
    await losses.reporting(killed);
    return (await wholeAt(lab, rows)) - gone;
  });

/** How much later than the limit the caller is told. */
async function overBootLimit(lab: Lab): Promise<number[]> {
  const [host, admin] = [lab.machine('host'), lab.machine('admin-vm')];
  await addDropIn(admin, 'givc-admin.service', `Environment=GIVC_BOOT_LIMIT=${bootLimitSeconds}`);
  await admin.systemctl('restart', 'givc-admin.service');
  const taken: number[] = [];
  await withLosses(lab, async (losses) => {
    await losses.admin.stopService({ VmName: 'host', ServiceName: unit });
    await addDropIn(host, unit, 'ExecStart=', 'ExecStart=sleep infinity');
    for (let round = 0; round < rounds; round++) {
      const ms = await timed(() => answerOf(losses.admin.startVm({ VmName: 'chrome-vm' })));
      taken.push(ms - bootLimitSeconds * 1_000);
      await losses.admin.stopService({ VmName: 'host', ServiceName: unit });
    }
    await removeDropIn(host, unit);
  });
  await removeDropIn(admin, 'givc-admin.service');
  await admin.systemctl('restart', 'givc-admin.service');
  await lab.mend();
  return taken;
}

async function repeated<T>(work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round++) results.push(await work());
  return results;
}

/** As the restarts: no connection of others outlives the admin. */
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
