// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { report } from '@givc/rpc';

/** The load, active, sub and freezer state of a unit, with a slash between them. */
export type StoredState = string;

/** A unit in the history: all that `QueryList` and `ListMachines` show of it. */
export interface StoredUnit {
  readonly vm: string;
  readonly unit: string;
  /** Absent where it is the same as `vm`. */
  readonly machine?: string | undefined;
  /** The number of `RegistryRequest.Type`. */
  readonly type: number;
  readonly agent: string;
  readonly description: string;
  readonly state: StoredState;
  /** The state of the presence of an agent. */
  readonly presence?: string | undefined;
}

/** The unit that an event is about. */
interface OfUnit {
  readonly vm: string;
  readonly unit: string;
  readonly machine?: string | undefined;
}

/** An event as it happens, before it has a number and a time. */
export type NewEvent =
  | ({ readonly kind: 'registered' } & StoredUnit)
  | ({ readonly kind: 'removed'; readonly state: StoredState; readonly ending?: report.Ending | undefined } & OfUnit)
  | ({
      readonly kind: 'status';
      readonly state: StoredState;
      readonly description: string;
      readonly ending?: report.Ending | undefined;
    } & OfUnit)
  | ({ readonly kind: 'agent'; readonly presence: string; readonly reason?: string | undefined } & OfUnit)
  | {
      readonly kind: 'restarted';
      readonly vm: string;
      readonly unit: string;
      readonly afterMs: number;
      readonly restarts: number;
      readonly error?: string | undefined;
    }
  | {
      readonly kind: 'command';
      readonly vm: string;
      readonly unit: string;
      readonly caller: string;
      readonly method: string;
      readonly answer: string;
      readonly ms: number;
      readonly reason?: string | undefined;
      readonly trace?: string | undefined;
    }
  | { readonly kind: 'started'; readonly version: string };

/** An event in a segment. */
export type StoredEvent = NewEvent & {
  readonly number: number;
  /** In milliseconds since 1970. */
  readonly time: number;
  /** How many events were left out before it, because its peer had too many; absent for none. */
  readonly missed?: number | undefined;
};

/** The first line of a segment; the snapshot of the registry, a line for each unit, follows it. */
export interface SegmentHead {
  readonly kind: 'segment';
  /** The number of the last event before it. */
  readonly number: number;
  readonly time: number;
  /** How many units the snapshot has; -1 for a segment without one, because the registry is too large. */
  readonly units: number;
}

/** A line of a segment. */
export type StoredLine = SegmentHead | ({ readonly kind: 'unit' } & StoredUnit) | StoredEvent;

type Kind = StoredLine['kind'];
type FieldType = 'string' | 'number';

const unit = { vm: 'string', unit: 'string' } as const;
const registration = { ...unit, type: 'number', agent: 'string', description: 'string', state: 'string' } as const;

/** The fields that each kind of line must have, and their types. */
const required: Readonly<Record<Kind, Readonly<Record<string, FieldType>>>> = {
  segment: { number: 'number', time: 'number', units: 'number' },
  unit: registration,
  registered: registration,
  removed: { ...unit, state: 'string' },
  status: { ...unit, state: 'string', description: 'string' },
  agent: { ...unit, presence: 'string' },
  restarted: { ...unit, afterMs: 'number', restarts: 'number' },
  command: { ...unit, caller: 'string', method: 'string', answer: 'string', ms: 'number' },
  started: { version: 'string' },
};
const numbered = { number: 'number', time: 'number' } as const;
const optional = {
  machine: 'string',
  presence: 'string',
  reason: 'string',
  trace: 'string',
  error: 'string',
  missed: 'number',
} as const;

function hasFields(value: Record<string, unknown>, fields: Readonly<Record<string, FieldType>>): boolean {
  for (const [name, type] of Object.entries(fields)) {
    const field = value[name];
    if (typeof field !== type || (type === 'number' && !Number.isSafeInteger(field))) return false;
  }
  for (const [name, type] of Object.entries(optional))
    if (value[name] !== undefined && typeof value[name] !== type) return false;
  return true;
}

const isEnding = (value: unknown): boolean => {
  if (value === undefined) return true;
  const { result, status, stop_requested: stopRequested } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof result === 'string' && Number.isSafeInteger(status) && typeof stopRequested === 'boolean';
};

export const formatLine = (line: StoredLine): string => `${JSON.stringify(line)}\n`;

/** Undefined for a damaged line. */
export function parseLine(text: string): StoredLine | undefined {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, ending } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(required, kind)) return undefined;
  const isEvent = kind !== 'segment' && kind !== 'unit';
  const isWhole =
    hasFields(value, required[kind as Kind]) && (!isEvent || hasFields(value, numbered)) && isEnding(ending);
  return isWhole ? (value as unknown as StoredLine) : undefined;
}
