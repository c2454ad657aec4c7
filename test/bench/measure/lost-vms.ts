// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf } from '../../lab/observer.js';
import { programUnit } from '../../lab/plan.js';
import { type Bench } from '../bench.js';
import { now, systemdTime, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const repetitions = 3;
const vm = 'chrome-vm';
const unit = `microvm@${vm}.service`;

/** Its cable is unplugged first, so that its connections are not closed. */
async function killed({ lab, admin, registry }: Bench) {
  const measured = { gone: [] as number[], call: [] as number[] };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await admin.startApplication({ AppName: 'clock', VmName: vm, Args: [] });
    await lab.machine(vm).disconnect();
    process.kill(lab.machine(vm).leader(), 'SIGKILL');
    const isGone = () => registry.rows.filter((row) => row.startsWith(`${vm} `)).join() === `${vm} ${unit} PoweredOff`;
    await registry.until(`nothing of ${vm} is listed but its unit`, isGone);
    const at = now();
    measured.gone.push(at - (await systemdTime(lab.machine('host'), unit, 'ExecMainExitTimestampMonotonic')));
    measured.call.push(await timed(() => answerOf(admin.getUnitStatus({ VmName: vm, UnitName: programUnit(vm) }))));
    await admin.startVm({ VmName: vm });
    await registry.until('it is back', () => registry.status(vm, programUnit(vm)) === 'Running');
  }
  return { vmKilled: times(measured.gone), vmOffCall: times(measured.call) };
}

async function fails({ lab, admin, registry }: Bench) {
  const host = lab.machine('host');
  const measured: number[] = [];
  await admin.stopService({ VmName: 'host', ServiceName: unit });
  await registry.until('it is off', () => registry.status(vm, programUnit(vm)) === undefined);
  await addDropIn(host, unit, 'ExecStart=', 'ExecStart=/bin/false');
  for (let repetition = 0; repetition < repetitions; repetition++)
    measured.push(await timed(() => answerOf(admin.startVm({ VmName: vm }))));
  // systemd may be starting it once more as it was.
  await host.systemctl('stop', unit);
  await removeDropIn(host, unit);
  await admin.startVm({ VmName: vm });
  return { bootFails: times(measured) };
}

export const lostVms = group(['vmKilled', 'vmOffCall', 'bootFails'], async (bench) => ({
  ...(await killed(bench)),
  ...(await fails(bench)),
}));
