import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf } from '../../lab/losses.js';
import { programUnit } from '../../lab/plan.js';
import { type Bench } from '../bench.js';
import { now, systemdTime, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const rounds = 3;
const vm = 'chrome-vm';
const unit = `microvm@${vm}.service`;

/** Its cable goes first, so that no connection of it is closed. */
async function killed({ lab, admin, registry }: Bench) {
  const taken = { gone: [] as number[], call: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    await admin.startApplication({ AppName: 'clock', VmName: vm, Args: [] });
    await lab.machine(vm).disconnect();
    process.kill(lab.machine(vm).leader(), 'SIGKILL');
    const isGone = () => registry.rows.filter((row) => row.startsWith(`${vm} `)).join() === `${vm} ${unit} PoweredOff`;
    await registry.until(`nothing of ${vm} is listed but its unit`, isGone);
    const at = now();
    taken.gone.push(at - (await systemdTime(lab.machine('host'), unit, 'ExecMainExitTimestampMonotonic')));
    taken.call.push(await timed(() => answerOf(admin.getUnitStatus({ VmName: vm, UnitName: programUnit(vm) }))));
    await admin.startVm({ VmName: vm });
    await registry.until('it is back', () => registry.status(vm, programUnit(vm)) === 'Running');
  }
  return { vmKilled: times(taken.gone), vmOffCall: times(taken.call) };
}

async function fails({ lab, admin, registry }: Bench) {
  const host = lab.machine('host');
  const taken: number[] = [];
  await admin.stopService({ VmName: 'host', ServiceName: unit });
  await registry.until('it is off', () => registry.status(vm, programUnit(vm)) === undefined);
  await addDropIn(host, unit, 'ExecStart=', 'ExecStart=/bin/false');
  for (let round = 0; round < rounds; round++) taken.push(await timed(() => answerOf(admin.startVm({ VmName: vm }))));
  await removeDropIn(host, unit);
  await admin.startVm({ VmName: vm });
  return { bootFails: times(taken) };
}

export const lostVms = group(['vmKilled', 'vmOffCall', 'bootFails'], async (bench) => ({
  ...(await killed(bench)),
  ...(await fails(bench)),
}));
