import * as z from 'zod/mini';
import { absent, parseConfig, parsed } from '@givc/config';
import {
  parseEndpoint,
  parseUnitName,
  parseUnitType,
  parseVmName,
  transportOf,
  unitTypeNumber,
  type VmName,
} from '@givc/model';
import type { RegistryEntry } from './registry-entry.js';

/** What of the registry outlives the admin. */
export interface RegistrySnapshot {
  readonly hostName: VmName | undefined;
  readonly entries: readonly RegistryEntry[];
}

const version = 1;

const unit = parsed(z.string(), parseUnitName);
const vm = parsed(z.string(), parseVmName);
const transport = z.strictObject({ Protocol: z.string(), Address: z.string(), Port: z.string(), Name: z.string() });

const entry = z.strictObject({
  unit,
  type: parsed(z.number(), parseUnitType),
  status: z.strictObject({
    Name: z.string(),
    Description: z.string(),
    LoadState: z.string(),
    ActiveState: z.string(),
    SubState: z.string(),
    Path: z.string(),
    FreezerState: z.string(),
  }),
  vm,
  machine: vm,
  agent: unit,
  endpoint: absent(parsed(transport, parseEndpoint)),
  certifiedAt: absent(z.number()),
  bootId: absent(z.string()),
  stopAsked: absent(z.boolean()),
});

const file = z.strictObject({ version: z.literal(version), hostName: absent(vm), entries: z.array(entry) });

/** As text; `parseSnapshot` reads it. */
export function formatSnapshot({ hostName, entries }: RegistrySnapshot): string {
  const rows = entries.map(({ unit, type, status, vm, machine, agent, endpoint, certifiedAt, bootId, stopAsked }) => ({
    ...{ unit, type: unitTypeNumber(type.vm, type.service), status, vm, machine, agent },
    ...{ endpoint: endpoint && transportOf(endpoint), certifiedAt, bootId, stopAsked },
  }));
  return `${JSON.stringify({ version, hostName, entries: rows })}\n`;
}

/** Throws INVALID_ARGUMENT that says where the JSON is not what `formatSnapshot` writes. */
export function parseSnapshot(json: unknown): RegistrySnapshot {
  const { hostName, entries } = parseConfig(file, json).value;
  return { hostName, entries };
}
