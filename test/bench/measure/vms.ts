// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type MachineName } from '../../lab/plan.js';
import { type Bench } from '../bench.js';
import { listeningSince, now, systemdTime, timed } from '../clock.js';
import { type Change } from '../registry-watch.js';
import { duration, group, median, times, type Measurement } from '../measurement.js';

const repetitions = 3;
const vmUnit = (vm: MachineName): string => `microvm@${vm}.service`;

/** Stops the VM through the admin, whose registry has it as stopped after the answer. */
async function powerOff({ admin, registry }: Bench, vm: MachineName): Promise<void> {
  await admin.stopService({ VmName: 'host', ServiceName: vmUnit(vm) });
  const off = [vmUnit(vm), `givc-${vm}.service`];
  await registry.until(`${vm} is off`, () => off.every((unit) => registry.status(vm, unit) !== 'Running'));
}

/**
 * The time that the call takes in addition to the boot, which lasts from the start of the VM's process on the host
 * until its agent listens.
 */
async function beyondBoot(bench: Bench, vm: MachineName, call: () => Promise<unknown>): Promise<Measurement> {
  const boots: number[] = [];
  const beyond: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await powerOff(bench, vm);
    const measured = await timed(call);
    const started = await systemdTime(bench.lab.machine('host'), vmUnit(vm), 'ExecMainStartTimestampMonotonic');
    const boot = (await listeningSince(bench.lab.machine(vm))) - started;
    boots.push(boot);
    beyond.push(measured - boot);
  }
  const [boot, more] = [median(boots), median(beyond)];
  return { text: `boot (${duration(boot)}) + ${duration(more)}`, values: { bootMs: boot, beyondBootMs: more } };
}

/** The VM is managed by the admin, which starts it again, the first time at once. */
async function crash({ lab, registry }: Bench): Promise<Record<'crash' | 'crashRestart' | 'crashMended', Measurement>> {
  const since = registry.changes.length;
  const leader = lab.machine('net-vm').leader();
  const killed = now();
  process.kill(leader, 'SIGKILL');
  const seen = (await registry.becomes('net-vm', vmUnit('net-vm'), 'PoweredOff', since)).at - killed;
  const back = (await registry.change('the agent is back', since, isBack)).at - killed;
  const [host, unit] = [lab.machine('host'), vmUnit('net-vm')];
  const down =
    (await systemdTime(host, unit, 'InactiveExitTimestampMonotonic')) -
    (await systemdTime(host, unit, 'InactiveEnterTimestampMonotonic'));
  const started = await systemdTime(host, unit, 'ExecMainStartTimestampMonotonic');
  const boot = (await listeningSince(lab.machine('net-vm'))) - started;
  return {
    crash: times([seen]),
    crashRestart: times([down]),
    crashMended: {
      text: `boot (${duration(boot)}) + ${duration(back - boot)}`,
      values: { bootMs: boot, beyondBootMs: back - boot },
    },
  };
}

const isBack = ({ kind, item }: Change): boolean => kind === 'Added' && item.Name === 'givc-net-vm.service';

export const vms = group(
  ['startVm', 'applicationInStoppedVm', 'crash', 'crashRestart', 'crashMended'],
  async (bench) => ({
    startVm: await beyondBoot(bench, 'gui-vm', () => bench.admin.startVm({ VmName: 'gui-vm' })),
    applicationInStoppedVm: await beyondBoot(bench, 'chrome-vm', () =>
      bench.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
    ),
    ...(await crash(bench)),
  }),
);
