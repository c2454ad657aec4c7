// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A Cedar value without entities and extensions, which is all that a message can contain. */
export type ContextValue = string | boolean | number | ContextValue[] | { [field: string]: ContextValue };

/** The authorization request for one call: may `Source::"…"` do `Command::"…"` to `Module::"…"` in this context? */
export interface AuthorizationRequest {
  /** The first DNS name of the caller's certificate; empty when it has none. */
  readonly source: string;
  /** The rpc without its service: `StartVM`. */
  readonly command: string;
  /** The package of the service: `admin`. */
  readonly module: string;
  /** The fields of the request; see `authorizationRequest`. */
  readonly context: { [field: string]: ContextValue; service: string };
}

const isReflection = /^grpc\.reflection\.[^.]+$/;

/**
 * The authorization request for a call of `path` (`/pkg.Service/Method`) by the caller whose first DNS name is
 * `source`. The module is the package; for every version of reflection it is `grpc`. `request` is the message as
 * ts-proto decodes it, undefined where the client streams: then the context is `service` alone. Rules may rely on the
 * context:
 *
 * - `service` is the service without its package, also where the request has a field of that name;
 * - a field has its proto name; a field of a oneof stands under its own name, not under the oneof's;
 * - strings, booleans and integers are themselves, an enum is its number, bytes are base64 in a String;
 * - a field without `optional` is always there (`""`, `0`, `false`); an `optional` one that was not sent, an unset
 *   message and the fields of a oneof that were not chosen are absent: ask `context has Field` first;
 * - a repeated field is a Set (order and repetition are lost), a message is a record;
 * - Cedar has no fractions: a float is absent, and so is a number beyond 2^53, which would not be exact.
 */
export function authorizationRequest(source: string, path: string, request: unknown): AuthorizationRequest {
  const [service = '', command = ''] = path.slice(1).split('/');
  const dot = service.lastIndexOf('.');
  const module = service.slice(0, Math.max(dot, 0));
  return {
    source,
    command,
    module: isReflection.test(module) ? 'grpc' : module,
    context: { ...recordOf(request ?? {}), service: service.slice(dot + 1) },
  };
}

interface Chosen {
  readonly $case: string;
  readonly value: unknown;
}

const isChosen = (value: unknown): value is Chosen => typeof value === 'object' && value !== null && '$case' in value;

function recordOf(message: object): Record<string, ContextValue> {
  const record: Record<string, ContextValue> = {};
  for (const [name, field] of Object.entries(message) as [string, unknown][]) {
    const [key, content] = isChosen(field) ? [field.$case, field.value] : [name, field];
    const value = valueOf(content);
    if (value !== undefined) record[key] = value;
  }
  return record;
}

function valueOf(field: unknown): ContextValue | undefined {
  if (typeof field === 'string' || typeof field === 'boolean') return field;
  if (typeof field === 'number') return Number.isSafeInteger(field) ? field : undefined;
  if (field instanceof Uint8Array) return Buffer.from(field).toString('base64');
  if (Array.isArray(field)) return field.map(valueOf).filter((value) => value !== undefined);
  return typeof field === 'object' && field !== null ? recordOf(field) : undefined;
}
