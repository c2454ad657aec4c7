// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { AuthorizationRequest, ContextValue } from '../cedar/authorization-request.js';
import type { RecordType } from './call-types.js';

/** A field whose value is unknown; one that is optional may be absent. */
export class UnknownField {
  constructor(
    readonly isOptional: boolean,
    /** The value that it has unless it is absent, where that is known. */
    readonly value?: ContextValue,
  ) {}
}

/** A value of which not all fields are known. */
export type PartialValue = ContextValue | UnknownField | PartialRecord;
/** A message of which not all fields are known. */
export interface PartialRecord {
  readonly [field: string]: PartialValue;
}

/** An authorization request of which not all fields are known. */
export interface PartialRequest extends Omit<AuthorizationRequest, 'context'> {
  readonly context: PartialRecord;
}

export const isRecord = (value: PartialValue | undefined): value is PartialRecord =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof UnknownField);

/** A context of this type in which only the given fields are known. */
export const withUnknownFields = (fields: RecordType, known: PartialRecord): PartialRecord => ({
  ...Object.fromEntries([...fields].map(([name, { isOptional }]) => [name, new UnknownField(isOptional)])),
  ...known,
});

function unknownEntries(record: PartialRecord, path = ''): [path: string, field: UnknownField][] {
  return Object.entries(record).flatMap(([name, value]) => {
    if (value instanceof UnknownField) return [[`${path}${name}`, value]];
    return isRecord(value) ? unknownEntries(value, `${path}${name}.`) : [];
  });
}

/** The paths of the unknown fields: `Args`, `Transport.Port`. */
export const unknownFields = (record: PartialRecord): string[] => unknownEntries(record).map(([path]) => path);

/** The paths of the unknown fields that may be absent. */
export const optionalUnknowns = (record: PartialRecord): string[] =>
  unknownEntries(record).flatMap(([path, { isOptional }]) => (isOptional ? [path] : []));

/**
 * The contexts of Cedar that stand for all values of the unknown fields: each optional one is absent in one half of
 * them, and present in the other. A value that is unknown is `unknown("path")` of Cedar.
 */
export function contextsOf(record: PartialRecord, path = ''): Context[] {
  let contexts: Context[] = [{}];
  for (const [name, value] of Object.entries(record)) {
    const at = `${path}${name}`;
    const alternatives = alternativesOf(value, at);
    contexts = contexts.flatMap((context) =>
      alternatives.map((one) => (one === undefined ? context : { ...context, [name]: one })),
    );
  }
  return contexts;
}

function alternativesOf(value: PartialValue, path: string): (Context[string] | undefined)[] {
  if (isRecord(value)) return contextsOf(value, `${path}.`);
  if (!(value instanceof UnknownField)) return [value];
  const present = value.value ?? { __extn: { fn: 'unknown', arg: path } };
  return value.isOptional ? [undefined, present] : [present];
}
