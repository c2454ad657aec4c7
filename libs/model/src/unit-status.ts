// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from './names.js';
import { parseText, parseWord } from './peer-text.js';

/**
 * The state of a unit in the words of org.freedesktop.systemd1(5), under the field names of the contract's
 * `systemd.UnitStatus`, so that it needs no translation.
 */
export interface UnitStatus {
  /** With its suffix: `web.service`. */
  Name: string;
  /** The description in the unit file; the name of the unit when there is none. */
  Description: string;
  /** `loaded`, `not-found`, `masked`, … */
  LoadState: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating` or `deactivating`. */
  ActiveState: string;
  /** The detailed state, which depends on the type: `running`, `exited` or `dead` for a service. */
  SubState: string;
  /** The path of its object on the bus; empty when the unit is not loaded. */
  Path: string;
  /** `running`, `freezing`, `frozen` or `thawing`. */
  FreezerState: string;
}

const descriptionMax = 512;
const pathMax = 1_024;

/**
 * The status of a unit from a peer, in a form that may be stored: texts are cut and made printable. Throws
 * INVALID_ARGUMENT that names the invalid state, below `field`.
 */
export const parseUnitStatus = (field: string, unit: UnitName, status: UnitStatus): UnitStatus => ({
  Name: unit,
  Description: parseText(status.Description, descriptionMax),
  LoadState: parseWord(`${field}.LoadState`, status.LoadState),
  ActiveState: parseWord(`${field}.ActiveState`, status.ActiveState),
  SubState: parseWord(`${field}.SubState`, status.SubState),
  Path: parseText(status.Path, pathMax),
  FreezerState: parseWord(`${field}.FreezerState`, status.FreezerState),
});

/** The values of `QueryListItem.VmStatus`. */
export type VmStatus = 'Running' | 'PoweredOff' | 'Paused';

/**
 * The status in a registry entry: `Paused` when the unit is frozen, `Running` when it is loaded, active and has a
 * process, else `PoweredOff`.
 */
export function vmStatus(status: UnitStatus): VmStatus {
  if (status.FreezerState === 'frozen') return 'Paused';
  return status.LoadState === 'loaded' && status.ActiveState === 'active' && status.SubState === 'running'
    ? 'Running'
    : 'PoweredOff';
}

/** The status of a unit that systemd does not run, even when it has already unloaded it. */
export function stoppedStatus(unit: UnitName, known?: Partial<UnitStatus>): UnitStatus {
  return {
    Name: unit,
    Description: known?.Description ?? unit,
    LoadState: known?.LoadState ?? 'loaded',
    ActiveState: 'inactive',
    SubState: 'dead',
    Path: known?.Path ?? '',
    FreezerState: 'running',
  };
}

/** Whether systemd runs the unit or is about to (`ActiveState` of org.freedesktop.systemd1(5)). */
export function isAlive(status: UnitStatus): boolean {
  return status.ActiveState !== 'inactive' && status.ActiveState !== 'failed';
}

/** Whether the unit is active without a process, as a service that has done its work is with `RemainAfterExit=`. */
export const hasExited = (status: UnitStatus): boolean =>
  status.ActiveState === 'active' && status.SubState === 'exited';
