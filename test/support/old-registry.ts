// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  parseEndpoint,
  parseUnitType,
  vmOfVmUnit,
  vmStatus,
  type Endpoint,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import type { admin } from '@givc/rpc';

/** An entry of this registry. */
export interface OldRow {
  readonly name: string;
  readonly type: ReturnType<typeof parseUnitType>;
  readonly status: UnitStatus;
  readonly vm: string;
  /** The endpoint for calls about it: its own, or that of the agent below which the admin has started it. */
  readonly by:
    { readonly kind: 'itself'; readonly endpoint: Endpoint } | { readonly kind: 'agent'; readonly agent: string };
}

type Listener = (item: admin.WatchItem) => void;

/** Throws an error with the text of the original admin when the request lacks something. */
export function rowOf({ Name, Parent, Type, Transport, State }: admin.RegistryRequest): OldRow {
  if (!State) throw new Error('status missing');
  if (!Transport) throw new Error('endpoint missing');
  return {
    name: Name,
    type: parseUnitType('Type', Type),
    status: State,
    vm: vmOfVmUnit(Parent as UnitName) ?? '',
    by: { kind: 'itself', endpoint: parseEndpoint('Transport', Transport) },
  };
}

const itemOf = ({ name, type, status, vm, by }: OldRow): admin.QueryListItem => ({
  Name: name,
  Description: status.Description,
  VmStatus: vmStatus(status),
  TrustLevel: 'Warning',
  VmType: type.vm,
  ServiceType: type.service,
  VmName: type.service === 'VM' ? vmOfVmUnit(name as UnitName) : vm,
  AgentName: by.kind === 'agent' ? by.agent : name,
});

/** The rows by name alone: if two machines register the same name, the later one replaces the earlier. */
export class OldRegistry {
  readonly #rows = new Map<string, OldRow>();
  readonly #listeners = new Set<Listener>();

  /** Adds an entry; an entry of the same name is removed first. */
  register(row: OldRow): void {
    const before = this.#rows.get(row.name);
    this.#rows.set(row.name, row);
    if (before) this.#emit({ $case: 'Removed', value: itemOf(before) });
    this.#emit({ $case: 'Added', value: itemOf(row) });
  }

  /** Emits an update even when nothing has changed. */
  update(name: string, status: UnitStatus): void {
    const row = this.#rows.get(name);
    if (!row) return;
    this.#rows.set(name, { ...row, status });
    this.#emit({ $case: 'Updated', value: itemOf({ ...row, status }) });
  }

  remove(name: string): void {
    const row = this.#rows.get(name);
    if (this.#rows.delete(name)) this.#emit({ $case: 'Removed', value: itemOf(row!) });
  }

  /** Throws when nothing is registered under this name. */
  row(name: string): OldRow {
    const row = this.#rows.get(name);
    if (!row) throw new Error(`Service ${name} not registered`);
    return row;
  }

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  rows(): readonly OldRow[] {
    return [...this.#rows.values()];
  }

  list(): admin.QueryListResponse {
    return { List: this.rows().map(itemOf) };
  }

  /** Adds a listener; returns a function that removes it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emit(Status: admin.WatchItem['Status']): void {
    for (const listener of this.#listeners) listener({ Status });
  }
}
