// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, entries as lenientEntries, parseConfig, parsed, type Path } from '@givc/config';
import {
  agentUnit,
  parseEndpoint,
  parseId,
  parseUnitStatus,
  parseUnitName,
  parseUnitType,
  parseVmName,
  transportOf,
  unitTypeNumber,
  type VmName,
} from '@givc/model';
import type { RegistryEntry } from '../registry/registry-entry.js';

/** The parts of the registry that outlive the admin. */
export interface RegistrySnapshot {
  readonly hostName: VmName | undefined;
  readonly entries: readonly RegistryEntry[];
}

const version = 1;

const unit = parsed(z.string(), parseUnitName);
const vm = parsed(z.string(), parseVmName);
const transport = z.strictObject({ Protocol: z.string(), Address: z.string(), Port: z.string(), Name: z.string() });

const row = z.strictObject({
  unit,
  type: parsed(z.number(), parseUnitType),
  status: parsed(
    z.strictObject({
      Name: z.string(),
      Description: z.string(),
      LoadState: z.string(),
      ActiveState: z.string(),
      SubState: z.string(),
      Path: z.string(),
      FreezerState: z.string(),
    }),
    (field, status) => parseUnitStatus(field, parseUnitName('Name', status.Name), status),
  ),
  vm,
  machine: vm,
  agent: unit,
  endpoint: absent(parsed(transport, parseEndpoint)),
  certifiedAt: absent(z.number()),
  bootId: absent(parsed(z.string(), parseId)),
  stopRequested: absent(z.boolean()),
});

/** Agents are unconfirmed until they report or answer. */
const entry = z.pipe(
  row,
  z.transform((input, context): RegistryEntry => {
    const { endpoint, certifiedAt, bootId, stopRequested, ...unit } = input;
    if (unit.type.service !== 'Mgr') return { ...unit, stopRequested };
    if (endpoint && unit.unit === agentUnit(unit.machine))
      return { ...unit, endpoint, certifiedAt, bootId, presence: { state: 'unconfirmed' } };
    context.issues.push({ code: 'custom', message: 'an agent needs the name of its machine and an endpoint', input });
    return z.NEVER;
  }),
);

const file = z.strictObject({ version: z.literal(version), hostName: absent(vm), entries: lenientEntries(entry) });

const rowOf = ({ endpoint, type, ...entry }: RegistryEntry) => ({
  unit: entry.unit,
  type: unitTypeNumber(type.vm, type.service),
  status: entry.status,
  vm: entry.vm,
  machine: entry.machine,
  agent: entry.agent,
  endpoint: endpoint && transportOf(endpoint),
  certifiedAt: entry.certifiedAt,
  bootId: entry.bootId,
  stopRequested: entry.stopRequested,
});

/** The entries as a part of the text of a snapshot. */
export const formatEntries = (entries: Iterable<RegistryEntry>): string =>
  Array.from(entries, (one) => JSON.stringify(rowOf(one))).join(',');

/** The text of a snapshot, which `parseSnapshot` reads, in pieces: before, between and after parts of its entries. */
export const frameOf = (hostName: VmName | undefined): { readonly head: string; readonly tail: string } => ({
  head: `${JSON.stringify({ version, hostName }).slice(0, -1)},"entries":[`,
  tail: ']}\n',
});

/** The snapshot as text, which `parseSnapshot` reads. */
export function formatSnapshot({ hostName, entries }: RegistrySnapshot): string {
  const { head, tail } = frameOf(hostName);
  return `${head}${formatEntries(entries)}${tail}`;
}

/** A mistake in an entry leaves out that entry only. */
const omissionOf = ([list, index]: Path) =>
  list === 'entries' && index !== undefined
    ? { path: [list, index], consequence: 'this entry is left out' }
    : undefined;

/**
 * The valid entries of a text by `formatSnapshot`, and a line for each of the others. Throws INVALID_ARGUMENT when the
 * JSON is not a snapshot.
 */
export function parseSnapshot(json: unknown): RegistrySnapshot & { readonly warnings: readonly string[] } {
  const { value, warnings } = parseConfig(file, json, omissionOf);
  return { hostName: value.hostName, entries: value.entries, warnings };
}
