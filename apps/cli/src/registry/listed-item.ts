// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitType } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { Table } from '../output/table.js';

/** An item of the registry in the JSON of the contract. */
export interface ListedItem {
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly trust_level: string;
  readonly vm_type: string;
  readonly service_type: string;
  readonly vm_name: string | null;
  readonly agent_name: string | null;
}

export function listedItem(item: admin.QueryListItem): ListedItem {
  return {
    name: item.Name,
    description: item.Description,
    status: item.VmStatus,
    trust_level: item.TrustLevel,
    vm_type: item.VmType,
    service_type: item.ServiceType,
    vm_name: item.VmName ?? null,
    agent_name: item.AgentName ?? null,
  };
}

const head = ['NAME', 'VM', 'TYPE', 'STATUS', 'TRUST', 'AGENT', 'DESCRIPTION'];

const rowOf = (item: admin.QueryListItem): string[] => [
  item.Name,
  item.VmName ?? '',
  `${item.VmType}:${item.ServiceType}`,
  item.VmStatus,
  item.TrustLevel,
  item.AgentName ?? '',
  item.Description,
];

/** Items in the order of the list. */
export const itemTable = (items: readonly admin.QueryListItem[]): Table => ({ head, rows: items.map(rowOf) });

/** The conditions for an item; a missing condition matches everything. */
export interface ItemFilter {
  /** One of the numbers of `RegistryRequest.Type`. */
  readonly type?: number;
  readonly names?: readonly string[];
  readonly vm?: string;
}

/** A test for items. Throws INVALID_ARGUMENT when `type` is not a type of a unit. */
export function itemMatcher({ type, names, vm }: ItemFilter): (item: admin.QueryListItem) => boolean {
  const unit = type === undefined ? undefined : parseUnitType('type', type);
  return (item) =>
    (unit === undefined || (item.VmType === unit.vm && item.ServiceType === unit.service)) &&
    (names === undefined || names.includes(item.Name)) &&
    (vm === undefined || item.VmName === vm);
}
