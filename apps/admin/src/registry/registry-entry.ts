// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmStatus, type Endpoint, type UnitName, type UnitStatus, type UnitType, type VmName } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import type { Presence } from './agent-presence.js';

/** The common fields of all units. */
interface Unit {
  readonly unit: UnitName;
  readonly type: UnitType;
  readonly status: UnitStatus;
  /** The VM that this entry describes: for a VM unit, the VM that it runs; otherwise the same as `machine`. */
  readonly vm: VmName;
  /** The machine whose systemd has the unit: for a VM unit, the host. */
  readonly machine: VmName;
  /** Registry name of the agent that controls the unit; an agent controls itself. */
  readonly agent: UnitName;
  /**
   * Increases when the agent registers or reports the unit, or carries out a command on it; polling does not change it.
   */
  readonly revision?: number | undefined;
}

/** The further fields of an agent. */
interface AgentPart {
  /** Its endpoint. */
  readonly endpoint: Endpoint;
  /** The begin of the validity of its certificate, in milliseconds since 1970; undefined without TLS. */
  readonly certifiedAt: number | undefined;
  /** Changes with each boot of its machine; undefined for agents that do not send it. */
  readonly bootId: string | undefined;
  readonly presence: Presence;
}

/** An agent. */
export type AgentEntry = Unit & AgentPart & { readonly stopRequested?: undefined; readonly ending?: undefined };

/** Any other unit. */
export type UnitEntry = Unit & { readonly [Key in keyof AgentPart]?: undefined } & {
  /** Whether a job of systemd stopped the unit, even if it failed during the stop; undefined while it runs. */
  readonly stopRequested?: boolean | undefined;
  /** How its last run has ended, if its agent reports that; undefined while it runs. */
  readonly ending?: report.Ending | undefined;
};

/** One unit of one machine, as last reported by its agent; `isAgent` tells which. */
export type RegistryEntry = AgentEntry | UnitEntry;

export const isAgent = (entry: RegistryEntry): entry is AgentEntry => entry.type.service === 'Mgr';

/** Unit names are unique inside one machine only. */
export type RegistryKey = `${string}/${string}`;

export const keyOf = (entry: Pick<RegistryEntry, 'machine' | 'unit'>): RegistryKey => `${entry.machine}/${entry.unit}`;

/** The machine and the unit of a key; neither has a slash in its name. */
export function partsOf(key: RegistryKey): readonly [machine: VmName, unit: UnitName] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash) as VmName, key.slice(slash + 1) as UnitName];
}

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

/**
 * The bytes of an item in a message, except for the texts: the enumerations, and the tags and lengths of all fields.
 */
const itemOverhead = 96;

/** An upper bound for the bytes that the item takes in a message, whatever its state. */
export const itemBytes = ({ Name, Description, VmName = '', AgentName = '' }: admin.QueryListItem): number =>
  [Name, Description, VmName, AgentName].reduce((sum, text) => sum + Buffer.byteLength(text), itemOverhead);

/** Whether the two items are equal for a caller of QueryList. */
export const sameItem = (a: admin.QueryListItem, b: admin.QueryListItem): boolean =>
  a.VmStatus === b.VmStatus &&
  a.Description === b.Description &&
  a.TrustLevel === b.TrustLevel &&
  a.VmType === b.VmType &&
  a.ServiceType === b.ServiceType &&
  a.VmName === b.VmName &&
  a.AgentName === b.AgentName;
