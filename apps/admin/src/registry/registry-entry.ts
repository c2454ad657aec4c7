// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmStatus, type Endpoint, type UnitName, type UnitStatus, type UnitType, type VmName } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { Presence } from './presence.js';

/** One unit of one machine, as last reported by its agent. */
export interface RegistryEntry {
  readonly unit: UnitName;
  readonly type: UnitType;
  readonly status: UnitStatus;
  /** The machine that the unit runs in; of a VM unit, the VM that it runs. */
  readonly vm: VmName;
  /** The machine whose systemd has the unit: of a VM unit, the host. */
  readonly machine: VmName;
  /** Registry name of the agent that controls the unit; an agent controls itself. */
  readonly agent: UnitName;
  /** Where an agent listens; other units have none. */
  readonly endpoint?: Endpoint;
  /** Since when the certificate is valid that an agent registered with, in milliseconds since 1970. */
  readonly certifiedAt?: number;
  /** Changes with each boot of the agent's machine; undefined for agents that do not send it. */
  readonly bootId?: string;
  /** Increases when the agent registers or reports the unit, or carries out a command on it; polling does not change it. */
  readonly statement?: number;
  /** Of an agent. */
  readonly presence?: Presence | undefined;
  /** Of a unit that does not run: whether a job of systemd stopped it, also when it failed during the stop. */
  readonly stopRequested?: boolean;
}

export const isAgent = ({ type }: Pick<RegistryEntry, 'type'>): boolean => type.service === 'Mgr';

/** Unit names are unique inside one machine only. */
export type RegistryKey = `${string}/${string}`;

export const keyOf = (entry: Pick<RegistryEntry, 'machine' | 'unit'>): RegistryKey => `${entry.machine}/${entry.unit}`;

export function itemOf(entry: RegistryEntry): admin.QueryListItem {
  return {
    Name: entry.unit,
    Description: entry.status.Description,
    VmStatus: entry.presence?.state === 'lost' ? 'PoweredOff' : vmStatus(entry.status),
    TrustLevel: 'Warning',
    VmType: entry.type.vm,
    ServiceType: entry.type.service,
    VmName: entry.vm,
    AgentName: entry.agent,
  };
}

/** Whether the two look the same to a caller of QueryList. */
export const sameItem = (a: admin.QueryListItem, b: admin.QueryListItem): boolean =>
  a.VmStatus === b.VmStatus &&
  a.Description === b.Description &&
  a.TrustLevel === b.TrustLevel &&
  a.VmType === b.VmType &&
  a.ServiceType === b.ServiceType &&
  a.VmName === b.VmName &&
  a.AgentName === b.AgentName;
