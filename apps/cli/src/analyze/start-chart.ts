// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted, vmOfVmUnit, vmUnit, type UnitName, type VmName } from '@givc/model';
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

/** Clocks of machines, and reports of their agents, agree at least so far. */
const slackMs = 1_000;

const applicationOf = (unit: string): string => unit.replace(/(@[^.]*)?(\.service)?$/, '');

/** An instance may be written without its suffix: `chromium@0`. */
const isNamed = (unit: string, name: string): boolean =>
  unit === name ||
  unit === `${name}.service` ||
  (unit !== '' && (applicationOf(unit) === name || unit === applicationOf(name)));

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

/** The last start of the VM of this name, or of this unit, by the history: from its unit to its agent. */
function lastVmStart(events: readonly history.HistoryEvent[], { name }: StartedUnit): Start | undefined {
  const vm = vmOfVmUnit(name as UnitName) ?? name;
  const first = events.findLast(({ unit, kind }) => {
    if (unit !== vmUnit(vm as VmName) || kind?.$case !== 'status') return false;
    const [before, after] = [kind.value.before?.active_state, kind.value.after?.active_state];
    return after !== before && (after === 'activating' || (after === 'active' && before !== 'activating'));
  });
  return first && vmStart(events, vm, first.time_ms, undefined);
}

function vmStart(events: readonly history.HistoryEvent[], vm: string, beginsAt: number, bar: Bar | undefined): Start {
  return { vm, beginsAt, endsAt: registeredAt(events, vm, beginsAt) ?? Date.now(), bar };
}

/** The last start of the unit by systemd, from the agent of its machine. */
function lastActivation(
  boots: readonly history.MachineBoot[],
  events: readonly history.HistoryEvent[],
  { name, vm }: StartedUnit,
): Start | undefined {
  const starts = boots.flatMap((boot) => {
    const bars = new MachineBars(boot);
    const vms = [...bars.vmUnits()].filter(([of, { label }]) => of === name || label === name);
    const units = vm === undefined || boot.vm === vm ? bars.units().filter(({ label }) => isNamed(label, name)) : [];
    return [
      ...vms.map(([of, bar]) => vmStart(events, of, bar.beginMs, bar)),
      ...units.map((bar) => ({ vm: boot.vm, beginsAt: bar.beginMs, endsAt: bar.endMs ?? Date.now(), bar })),
    ];
  });
  return starts.sort((a, b) => a.beginsAt - b.beginsAt).at(-1);
}

/** The last of the starts; those at about the same time are one, of which the first source is taken. */
function lastOf(starts: readonly (Start | undefined)[]): Start | undefined {
  let last: Start | undefined;
  for (const start of starts) if (start && (!last || start.beginsAt > last.endsAt + slackMs)) last = start;
  return last;
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
function activeBar(events: readonly history.HistoryEvent[], { name }: StartedUnit, start: Start): Bar[] {
  const active = events.find(
    (one) => isNamed(one.unit, name) && one.time_ms >= start.beginsAt && one.time_ms <= start.endsAt && isActive(one),
  );
  if (!active) return [];
  const kind = active.kind?.$case === 'registered' && active.kind.value.service_type === 'App' ? 'application' : 'unit';
  return [{ kind, label: active.unit, beginMs: start.beginsAt, endMs: active.time_ms, after: [] }];
}

/**
 * The unit with its own duration, at the time at which the history has it active: the difference of the clocks of two
 * machines is never known to the millisecond, and what has happened must not move. Else it is moved into the command.
 */
function atKnownEnd(unit: Bar, active: readonly Bar[], { beginsAt, endsAt }: Start): Bar {
  const end = unit.endMs ?? unit.beginMs;
  const known = active.find(({ label }) => label === unit.label)?.endMs ?? Math.min(end, endsAt);
  const moved = Math.max(known - end, beginsAt - unit.beginMs);
  return { ...unit, beginMs: unit.beginMs + moved, endMs: unit.endMs === undefined ? undefined : unit.endMs + moved };
}

/** From the command to the unit that is active, with what happened in between. Throws NOT_FOUND for no known start. */
export function startChart(
  started: StartedUnit,
  boots: readonly history.MachineBoot[],
  events: readonly history.HistoryEvent[],
): Chart {
  const start = lastOf([
    lastCommand(events, started),
    lastVmStart(events, started),
    lastActivation(boots, events, started),
  ]);
  if (!start)
    throw new GivcError(
      'NOT_FOUND',
      `neither the history nor an agent knows a start of ${quoted(started.name)}${
        started.vm === undefined ? '' : ` in ${started.vm}`
      }`,
    );
  const { vm, beginsAt, endsAt, bar } = start;
  const isWithin = ({ beginMs }: Bar): boolean => beginMs >= beginsAt - slackMs && beginMs <= endsAt + slackMs;
  const boot = boots.find((one) => one.vm === vm);
  const machine = boot && new MachineBars(boot);
  const hasBooted = machine?.beginsAt !== undefined && machine.beginsAt >= beginsAt - 1 && machine.beginsAt <= endsAt;
  const vmUnits = bar?.kind === 'vm' ? [bar] : vmBar(events, start);
  const booted = hasBooted
    ? [...machine.stages(), ...machine.agent(registeredAt(events, vm, machine.agentAt ?? beginsAt))]
    : [];
  const isCommand = bar?.kind === 'command';
  const own = machine?.units().filter((unit) => isNamed(unit.label, started.name) && isWithin(unit)) ?? [];
  const active =
    isCommand && !vmUnits.some(({ label }) => label === started.name) ? activeBar(events, started, start) : [];
  const units = own.length === 0 ? active : own.map((unit) => (isCommand ? atKnownEnd(unit, active, start) : unit));
  const bars = [...(isCommand ? [bar] : []), ...vmUnits, ...booted, ...units];
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
