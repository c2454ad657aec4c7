// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmOfVmUnit, type UnitName } from '@givc/model';
import type { history } from '@givc/rpc';
import type { Bar, Kind } from './chart.js';

const bar = (kind: Kind, label: string, beginMs: number, endMs: number | undefined, after: string[] = []): Bar => ({
  ...{ kind, label, beginMs, endMs, after },
});

const kindOf = (serviceType: string): Kind => (serviceType === 'App' ? 'application' : 'unit');

/** When a unit was active; undefined while it starts, and its end when it failed before. */
const endOf = ({ starting_us, active_us, inactive_us }: history.UnitTimes): number | undefined =>
  [active_us, inactive_us].filter((us) => us >= starting_us && us > 0).sort((a, b) => a - b)[0];

/** The boot of a machine, by the admin's clock. */
export class MachineBars {
  constructor(private readonly boot: history.MachineBoot) {}

  get times(): history.BootTimes | undefined {
    return this.boot.times;
  }

  /** When the machine began, in milliseconds since 1970: a container begins with its systemd. */
  get beginsAt(): number | undefined {
    const { times } = this.boot;
    if (!times) return undefined;
    return this.#at(times.is_container ? times.userspace_us : 0);
  }

  /** When the boot was finished, if it was. */
  get finishedAt(): number | undefined {
    const us = this.boot.times?.finish_us ?? 0;
    return us > 0 ? this.#at(us) : undefined;
  }

  /** The kernel, the initial RAM disk and systemd. */
  stages(): Bar[] {
    const { times } = this.boot;
    if (!times || times.userspace_us === 0) return [];
    const { initrd_us: initrd, userspace_us: userspace, finish_us: finish, is_container: isContainer } = times;
    const kernelEnd = initrd > 0 ? initrd : userspace;
    const end = finish > 0 ? this.#at(finish) : undefined;
    const sessionEnd = times.session_finish_us > 0 ? this.#at(times.session_finish_us) : undefined;
    return [
      ...(isContainer ? [] : [bar('kernel', 'kernel', this.#at(0), this.#at(kernelEnd))]),
      ...(initrd > 0 && !isContainer ? [bar('initrd', 'initrd', this.#at(initrd), this.#at(userspace))] : []),
      bar('userspace', 'systemd', this.#at(userspace), end),
      ...(times.session_us > 0 ? [bar('userspace', 'session', this.#at(times.session_us), sessionEnd)] : []),
    ];
  }

  /** The agent, until it had registered. */
  agent(registeredAt: number | undefined): Bar[] {
    const { times } = this.boot;
    return times && times.agent_us > 0 ? [bar('agent', 'givc-agent', this.#at(times.agent_us), registeredAt)] : [];
  }

  get agentAt(): number | undefined {
    const { times } = this.boot;
    return times && this.#at(times.agent_us);
  }

  /** The last starts of units and applications, without units of VMs. */
  units(): Bar[] {
    const units = this.boot.times?.units ?? [];
    return units
      .filter(({ service_type, starting_us }) => service_type !== 'VM' && starting_us > 0)
      .map((unit) => this.#unit(unit, kindOf(unit.service_type), unit.after))
      .sort((a, b) => a.beginMs - b.beginMs);
  }

  /** The units of VMs, by the VMs. */
  vmUnits(): Map<string, Bar> {
    const units = this.boot.times?.units ?? [];
    const bars = new Map<string, Bar>();
    for (const unit of units) {
      const vm = vmOfVmUnit(unit.name as UnitName);
      if (vm === undefined || unit.starting_us === 0) continue;
      const after = unit.after.map((name) => vmOfVmUnit(name as UnitName) ?? name);
      bars.set(vm, this.#unit(unit, 'vm', after));
    }
    return bars;
  }

  #unit(unit: history.UnitTimes, kind: Kind, after: string[]): Bar {
    const end = endOf(unit);
    return bar(kind, unit.name, this.#at(unit.starting_us), end === undefined ? undefined : this.#at(end), after);
  }

  #at(us: number): number {
    return this.boot.booted_at_ms + us / 1_000;
  }
}

/** Places bars relative to the begin of a chart. */
export const placed = (bars: readonly Bar[], beginsAt: number): Bar[] =>
  bars.map((one) => ({
    ...one,
    beginMs: Math.max(0, one.beginMs - beginsAt),
    endMs: one.endMs === undefined ? undefined : Math.max(0, one.endMs - beginsAt),
  }));
