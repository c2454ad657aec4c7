// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { Coalesced } from '@givc/queue';
import type { history } from '@givc/rpc';
import { Systemd, type UnitTimes } from '@givc/systemd';
import { TrackedUnits, type TrackedUnit } from '../registration/tracked-units.js';
import { SystemManager } from './system-manager.js';

/** More than the resolution of /proc/uptime: a longer difference of the clocks is time in which the machine slept. */
const sleptUs = 50_000;
const maxUnits = 250;

/** The virtualization that is a container, by sd-detect-virt(1). */
const containers: ReadonlySet<string> = new Set([
  ...['openvz', 'lxc', 'lxc-libvirt', 'systemd-nspawn', 'docker', 'podman', 'rkt', 'wsl', 'proot', 'pouch'],
  'container-other',
]);

/** The times of the last boot of this machine and of the units that are reported. */
@Injectable()
export class BootService {
  readonly #reading = new Coalesced(() => this.#times());

  constructor(
    private readonly systemd: Systemd,
    private readonly manager: SystemManager,
    private readonly units: TrackedUnits,
  ) {}

  /** Calls at the same time get the same answer. */
  times(): Promise<history.BootTimes> {
    return this.#reading.get();
  }

  async #times(): Promise<history.BootTimes> {
    const tracked = [...this.units.all()].slice(0, maxUnits);
    const names = new Set<string>(tracked.map(({ unit }) => unit));
    const [manager, session, uptimeUs, ...units] = await Promise.all([
      this.manager.times(),
      this.manager.isOther ? this.systemd.managerTimes() : undefined,
      readUptimeUs(),
      ...tracked.map((one) => this.#unit(one, names)),
    ]);
    const monotonicUs = Number(process.hrtime.bigint() / 1_000n);
    const virtualization = manager?.virtualization ?? '';
    return {
      now_us: uptimeUs - monotonicUs > sleptUs ? uptimeUs : monotonicUs,
      virtualization,
      initrd_us: manager?.initrdUs ?? 0,
      userspace_us: manager?.userspaceUs ?? 0,
      finish_us: manager?.finishUs ?? 0,
      session_us: session?.userspaceUs ?? 0,
      session_finish_us: session?.finishUs ?? 0,
      agent_us: Math.round(monotonicUs - process.uptime() * 1_000_000),
      is_container: containers.has(virtualization),
      units: units.flat(),
    };
  }

  async #unit({ unit, service }: TrackedUnit, names: ReadonlySet<string>): Promise<history.UnitTimes[]> {
    const times = await this.systemd.unitTimes(unit).catch((error: unknown): UnitTimes | undefined => {
      // It has been unloaded meanwhile.
      if (error instanceof GivcError && error.reason === 'UNAVAILABLE') throw error;
      return undefined;
    });
    if (!times) return [];
    const after = times.after.filter((name) => names.has(name));
    return [
      {
        ...{ name: unit, service_type: service, after },
        ...{ starting_us: times.startingUs, active_us: times.activeUs, inactive_us: times.inactiveUs },
      },
    ];
  }
}

/** CLOCK_BOOTTIME, in microseconds; 0 where the kernel does not provide it. */
async function readUptimeUs(): Promise<number> {
  const text = await readFile('/proc/uptime', 'utf8').catch(() => '');
  return Math.round(Number(/^[0-9.]+/.exec(text)?.[0] ?? 0) * 1_000_000);
}
