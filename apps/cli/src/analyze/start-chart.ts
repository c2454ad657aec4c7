// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted, vmUnit, type VmName } from '@givc/model';
import type { history } from '@givc/rpc';
import { localTime } from '../history/local-time.js';
import { registeredAt } from './boot-chart.js';
import { lengthOf, type Bar, type Chart, type Lane } from './chart.js';
import { MachineBars, placed } from './machine-bars.js';

/** Which start is analyzed. */
export interface StartedUnit {
  /** A unit, an application, an instance, or the name of a VM. */
  readonly name: string;
  readonly vm: string | undefined;
}

interface Start {
  readonly vm: string;
  readonly beginsAt: number;
  readonly endsAt: number;
  readonly bar: Bar | undefined;
}

const applicationOf = (unit: string): string => unit.replace(/(@[^.]*)?\.service$/, '');

const isNamed = (unit: string, name: string): boolean =>
  unit === name || (unit !== '' && (applicationOf(unit) === name || unit === applicationOf(name)));

const isActive = ({ kind }: history.HistoryEvent): boolean =>
  (kind?.$case === 'registered' && kind.value.state?.active_state === 'active') ||
  (kind?.$case === 'status' && kind.value.after?.active_state === 'active');

/** The last command that has started the unit. */
function lastCommand(events: readonly history.HistoryEvent[], { name, vm }: StartedUnit): Start | undefined {
  const event = events.findLast(({ kind, unit, vm: of }) => {
    if (kind?.$case !== 'command' || !/^Start/.test(kind.value.method)) return false;
    const isVm = kind.value.method === 'StartVM' && (of === name || vmUnit(of as VmName) === name);
    return isVm || (isNamed(unit, name) && (vm === undefined || of === '' || of === vm));
  });
  if (event?.kind?.$case !== 'command') return undefined;
  const { caller, method, answer, duration_ms: ms } = event.kind.value;
  const [beginsAt, endsAt] = [event.time_ms - ms, event.time_ms];
  const ofUnit = events.find((one) => isNamed(one.unit, event.unit) && one.time_ms >= beginsAt && one.vm !== '');
  const label = `${method} by ${caller}: ${answer}`;
  return {
    vm: event.vm || vm || ofUnit?.vm || '',
    beginsAt,
    endsAt,
    bar: { kind: 'command', label, beginMs: beginsAt, endMs: endsAt, after: [] },
  };
}

/** The last start of the unit by systemd, from the agent of its machine. */
function lastActivation(boots: readonly history.MachineBoot[], { name, vm }: StartedUnit): Start | undefined {
  const starts = boots
    .filter((boot) => vm === undefined || boot.vm === vm)
    .flatMap((boot) => {
      const bars = new MachineBars(boot);
      const found = [...bars.units(), ...bars.vmUnits().values()].filter(({ label }) => isNamed(label, name));
      return found.map((bar) => ({ vm: boot.vm, beginsAt: bar.beginMs, endsAt: bar.endMs ?? Date.now(), bar }));
    });
  return starts.sort((a, b) => a.beginsAt - b.beginsAt).at(-1);
}

/** When the unit of the VM began to start and was active, by the history. */
function vmBar(events: readonly history.HistoryEvent[], { vm, beginsAt, endsAt }: Start): Bar[] {
  const unit = vmUnit(vm as VmName);
  const its = events.filter((one) => one.unit === unit && one.time_ms >= beginsAt && one.time_ms <= endsAt);
  const [first] = its.filter(({ kind }) => kind?.$case === 'status' || kind?.$case === 'registered');
  if (!first) return [];
  const activeAt = its.find(isActive)?.time_ms;
  return [{ kind: 'vm', label: unit, beginMs: first.time_ms, endMs: activeAt, after: [] }];
}

/** Until the unit was active, for a unit of which systemd's own times are not known. */
function unitBar(events: readonly history.HistoryEvent[], { name }: StartedUnit, start: Start, begin: number): Bar[] {
  const active = events.find(
    (one) => isNamed(one.unit, name) && one.time_ms >= start.beginsAt && one.time_ms <= start.endsAt && isActive(one),
  );
  if (!active) return [];
  const kind = active.kind?.$case === 'registered' && active.kind.value.service_type === 'App' ? 'application' : 'unit';
  return [{ kind, label: active.unit, beginMs: begin, endMs: active.time_ms, after: [] }];
}

/** From the command to the unit that is active, with what happened in between. Throws NOT_FOUND for no known start. */
export function startChart(
  started: StartedUnit,
  boots: readonly history.MachineBoot[],
  events: readonly history.HistoryEvent[],
): Chart {
  const start = lastCommand(events, started) ?? lastActivation(boots, started);
  if (!start)
    throw new GivcError(
      'NOT_FOUND',
      `neither the history nor an agent knows a start of ${quoted(started.name)}${
        started.vm === undefined ? '' : ` in ${started.vm}`
      }: "givc-cli query" lists the units`,
    );
  const { vm, beginsAt, endsAt, bar } = start;
  const isWithin = ({ beginMs }: Bar): boolean => beginMs >= beginsAt - 1 && beginMs <= endsAt;
  const boot = boots.find((one) => one.vm === vm);
  const machine = boot && new MachineBars(boot);
  const hasBooted = machine?.beginsAt !== undefined && machine.beginsAt >= beginsAt - 1 && machine.beginsAt <= endsAt;
  const vmUnits = vmBar(events, start);
  const booted = hasBooted
    ? [...machine.stages(), ...machine.agent(registeredAt(events, vm, machine.agentAt ?? beginsAt))]
    : [];
  const own = machine?.units().filter((unit) => isNamed(unit.label, started.name) && isWithin(unit)) ?? [];
  const units = bar?.kind === 'command' && own.length === 0 ? unitBar(events, started, start, beginsAt) : own;
  const bars = [...(bar?.kind === 'command' ? [bar] : []), ...vmUnits, ...booted, ...units];
  const all = bars.length > 0 || !bar ? bars : [bar];
  const lane: Lane = {
    name: vm || 'unknown machine',
    vmType: boot?.vm_type ?? '',
    bars: placed(all, beginsAt),
    problem: boot && !boot.times ? boot.error : undefined,
  };
  const title = `Start of ${started.name}${vm && vm !== started.name ? ` in ${vm}` : ''} on ${localTime(beginsAt)}`;
  return { title, beginsAt, lengthMs: lengthOf([lane]), lanes: [lane], notes: [] };
}
