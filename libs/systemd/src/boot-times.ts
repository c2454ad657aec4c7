// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { BusError } from '@givc/dbus';
import type { Units } from './units.js';

/**
 * When the service manager reached the stages of its boot, in microseconds by CLOCK_MONOTONIC; 0 for a time that is
 * unknown or has not come (org.freedesktop.systemd1(5)).
 */
export interface ManagerTimes {
  /** `Virtualization`, such as `kvm`; empty on hardware. */
  readonly virtualization: string;
  /** When systemd began in the initial RAM disk. */
  readonly initrdUs: number;
  /** When systemd began on the machine itself; of the manager of a session, when it began. */
  readonly userspaceUs: number;
  /** When the jobs of the boot were done. */
  readonly finishUs: number;
}

/** The times of the last activation of a unit, as in `ManagerTimes`. */
export interface UnitTimes {
  /** `InactiveExitTimestamp`: it began to start. */
  readonly startingUs: number;
  /** `ActiveEnterTimestamp`: it was active. */
  readonly activeUs: number;
  /** `InactiveEnterTimestamp`: it ended. */
  readonly inactiveUs: number;
  /** The units after which it is ordered (`After=`). */
  readonly after: readonly string[];
}

export const unknownManagerTimes: ManagerTimes = { virtualization: '', initrdUs: 0, userspaceUs: 0, finishUs: 0 };
export const unknownUnitTimes: UnitTimes = { startingUs: 0, activeUs: 0, inactiveUs: 0, after: [] };

/** Implements `Systemd.managerTimes` by the properties of the manager. */
export async function managerTimes(property: (name: string) => Promise<unknown>): Promise<ManagerTimes> {
  const time = async (name: string) => Number(await property(`${name}TimestampMonotonic`).catch(ifUnknown(0n)));
  const [virtualization, initrdUs, userspaceUs, finishUs] = await Promise.all([
    property('Virtualization').catch(ifUnknown('')) as Promise<string>,
    time('InitRD'),
    time('Userspace'),
    time('Finish'),
  ]);
  return { virtualization, initrdUs, userspaceUs, finishUs };
}

/** Implements `Systemd.unitTimes`. */
export async function unitTimes(units: Units, unit: UnitName): Promise<UnitTimes> {
  const time = async (name: string) => Number(await units.property(unit, `${name}TimestampMonotonic`));
  const [startingUs, activeUs, inactiveUs, after] = await Promise.all([
    time('InactiveExit'),
    time('ActiveEnter'),
    time('InactiveEnter'),
    units.property(unit, 'After') as Promise<string[]>,
  ]);
  return { startingUs, activeUs, inactiveUs, after };
}

/** Managers of a session have fewer properties. */
const ifUnknown =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof BusError) return value;
    throw error;
  };
