// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentUnit, GivcError, type VmName } from '@givc/model';
import type { history } from '@givc/rpc';
import { localTime } from '../history/local-time.js';
import { lengthOf, type Bar, type Chart, type Lane } from './chart.js';
import { MachineBars, placed } from './machine-bars.js';

/** A machine that begins this long after all others have finished belongs to no boot of the computer. */
const pauseMs = 120_000;
/** How long after the last machine units and applications belong to the boot. */
const settleMs = 10_000;

/** When the agent of a machine registered first after this time; undefined when the history does not have it. */
export function registeredAt(events: readonly history.HistoryEvent[], vm: string, since: number): number | undefined {
  const unit = agentUnit(vm as VmName);
  return events.find(({ unit: name, time_ms, kind }) => {
    if (name !== unit || time_ms < since) return false;
    return kind?.$case === 'registered' || (kind?.$case === 'agent' && kind.value.after !== 'lost');
  })?.time_ms;
}

interface Machine {
  readonly boot: history.MachineBoot;
  readonly bars: MachineBars;
  readonly beginsAt: number;
  readonly vmUnit: Bar | undefined;
  readonly registered: number | undefined;
}

const endOf = ({ bars, beginsAt, registered }: Machine): number =>
  Math.max(beginsAt, bars.finishedAt ?? 0, registered ?? 0);

function machineOf(
  boot: history.MachineBoot,
  vmUnits: ReadonlyMap<string, Bar>,
  events: readonly history.HistoryEvent[],
): Machine | undefined {
  const bars = new MachineBars(boot);
  const vmUnit = vmUnits.get(boot.vm);
  const beginsAt = vmUnit?.beginMs ?? bars.beginsAt;
  if (beginsAt === undefined) return undefined;
  return { boot, bars, beginsAt, vmUnit, registered: registeredAt(events, boot.vm, bars.agentAt ?? beginsAt) };
}

function laneOf({ boot, bars, vmUnit, registered }: Machine, beginsAt: number, endsAt: number): Lane {
  const units = bars.units().filter((unit) => unit.beginMs >= beginsAt && unit.beginMs <= endsAt);
  const all = [...(vmUnit ? [vmUnit] : []), ...bars.stages(), ...bars.agent(registered), ...units];
  const problem = boot.times ? undefined : boot.error;
  return { name: boot.vm, vmType: boot.vm_type, bars: placed(all, beginsAt), problem };
}

/** The last boot of the host and of the machines that followed it. Throws when no machine says when it has booted. */
export function bootChart(boots: readonly history.MachineBoot[], events: readonly history.HistoryEvent[]): Chart {
  const host = boots.find(({ vm_type: type }) => type === 'Host');
  const vmUnits = host ? new MachineBars(host).vmUnits() : new Map<string, Bar>();
  const machines = boots
    .flatMap((boot) => machineOf(boot, vmUnits, events) ?? [])
    .sort((a, b) => Number(b.boot === host) - Number(a.boot === host) || a.beginsAt - b.beginsAt);
  const [first] = machines;
  if (!first)
    throw new GivcError(
      'FAILED_PRECONDITION',
      `no machine says when it has booted: ${boots[0]?.error ?? 'no agent is registered'}`,
    );
  const beginsAt = Math.min(...machines.filter(({ boot }) => !host?.times || boot === host).map((one) => one.beginsAt));
  const shown: Machine[] = [];
  const notes: string[] = [];
  let endsAt = beginsAt;
  for (const machine of machines) {
    if (machine.beginsAt > endsAt + pauseMs)
      notes.push(`${machine.boot.vm} has booted later, at ${localTime(machine.beginsAt)}`);
    else {
      shown.push(machine);
      endsAt = Math.max(endsAt, endOf(machine));
    }
  }
  for (const { vm, error } of boots.filter(({ vm: name }) => !machines.some(({ boot }) => boot.vm === name)))
    notes.push(`the times of ${vm} are unknown: ${error || 'it reports none'}`);
  for (const [vm, { beginMs }] of vmUnits)
    if (beginMs <= endsAt + settleMs && !boots.some((boot) => boot.vm === vm))
      notes.push(`the times of ${vm} are unknown: no agent of it is registered`);
  const lanes = shown.map((machine) => laneOf(machine, beginsAt, endsAt + settleMs));
  const title = `Boot of ${host?.times ? host.vm : 'the system'} on ${localTime(beginsAt)}`;
  return { title, beginsAt, lengthMs: lengthOf(lanes), lanes, notes };
}
