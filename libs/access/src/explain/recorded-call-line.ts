// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, messageOf, quoted } from '@givc/model';
import { recordedRpcs, recordedValueMax } from '../audit/recorded-rpcs.js';
import { authorizationRequest, type ContextValue } from '../cedar/authorization-request.js';
import { callTypeOf, type RecordType } from './call-types.js';
import {
  isRecord,
  UnknownField,
  withUnknownFields,
  type PartialRecord,
  type PartialRequest,
} from './partial-request.js';

/** A line of the audit log, as far as it matters for the rules. */
export interface RecordedCallLine {
  /** The name of the gRPC status; undefined for the begin of a change. */
  readonly answer: string | undefined;
  readonly rule: string | undefined;
  readonly reason: string | undefined;
  /** `pkg.Service/Method` */
  readonly rpc: string;
  /** The fields that the line does not have are unknown. */
  readonly request: PartialRequest;
}

type Line = Readonly<Record<string, unknown>>;

/** More than any text has that a daemon records. */
const textMax = 4_096;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(0, textMax) : undefined;

/**
 * Parses a line of the audit log; texts longer than a daemon records are cut. Throws INVALID_ARGUMENT when it is not
 * one, or not about a call.
 */
export async function parseRecordedCall(what: string, text: string): Promise<RecordedCallLine> {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw invalid(what, `it is not a line of the audit log: ${messageOf(error)}`);
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line))
    throw invalid(what, 'it is not a line of the audit log: expected an object');
  const { peer, rpc, request, answer, rule, reason } = line as Line;
  const path = textOf(rpc);
  if (path === undefined)
    throw invalid(
      what,
      `it has no rpc: the connection was rejected before any call (${textOf(reason) ?? 'no reason'})`,
    );
  const type = await callTypeOf(path);
  if (!type) throw invalid(what, `no daemon serves the rpc ${quoted(path)}`);
  const { context, ...asked } = authorizationRequest(textOf(peer) ?? '', path, undefined);
  const recorded = typeof request === 'object' && request !== null ? (request as Line) : {};
  const known = knownFields(type.fields, recordedRpcs[path]!.fields, recorded);
  return {
    answer: textOf(answer),
    rule: textOf(rule),
    reason: textOf(reason),
    rpc: path.slice(1),
    request: { ...asked, context: { ...withUnknownFields(type.fields, known), ...context } },
  };
}

/** The context that the recorded fields show; `paths` are those that the audit log records of the request. */
function knownFields(type: RecordType, paths: readonly string[], recorded: Line): PartialRecord {
  let known: PartialRecord = {};
  for (const path of paths) {
    // A field of a oneof is recorded as `Oneof.value.Field`, and stands below the chosen message in the context.
    const name = path.slice(path.lastIndexOf('.') + 1);
    const at = path.includes('.value.') ? pathTo(type, name) : path.split('.');
    if (at) known = withField(type, known, at, recorded[name]);
  }
  return known;
}

function pathTo(type: RecordType, name: string): string[] | undefined {
  for (const [outer, { fields }] of type) {
    if (outer === name) return [outer];
    const inner = fields && pathTo(fields, name);
    if (inner) return [outer, ...inner];
  }
  return undefined;
}

function withField(type: RecordType, known: PartialRecord, [name, ...inner]: string[], value: unknown): PartialRecord {
  const field = type.get(name!);
  if (!field) return known;
  if (inner.length === 0) return { ...known, [name!]: fieldValue(value, field.isOptional) };
  // Without a recorded field below it, nothing shows that the message was sent.
  if (value === undefined || !field.fields) return known;
  const before = known[name!];
  const record = isRecord(before) ? before : withUnknownFields(field.fields, {});
  return { ...known, [name!]: withField(field.fields, record, inner, value) };
}

/** An empty text is not recorded, and a long one is cut. */
function fieldValue(value: unknown, isOptional: boolean): UnknownField | ContextValue {
  if (value === undefined) return isOptional ? new UnknownField(true, '') : '';
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'string' || value.length >= recordedValueMax) return new UnknownField(false);
  // Cedar rejects unpaired surrogates, which no daemon decodes.
  return /\p{Surrogate}/u.test(value) ? new UnknownField(false) : value;
}
