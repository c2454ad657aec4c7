// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { invalid, quoted } from '@givc/model';

/** The trace that a call belongs to (W3C Trace Context, https://www.w3.org/TR/trace-context-1/). */
export interface TraceContext {
  /** 32 hexadecimal digits in lower case, not all of them 0. */
  readonly traceId: string;
  /** The header traceparent: version 00, 55 characters. */
  readonly parent: string;
  /** The header tracestate, at most 512 printable characters of ASCII; undefined without one. */
  readonly state: string | undefined;
}

/** A header as HTTP/2 of Node has it: several of one name are one text with commas. */
type Header = string | readonly string[] | undefined;

const parentLength = 55;
const parentPattern = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?![^-])/;
const sampled = 0x01;

/** The length of tracestate up to which the specification asks for its propagation. */
const stateMax = 512;
const statePattern = /^[ -~]+$/;

/**
 * The trace of a call with these headers; undefined without a valid traceparent. A header of a later version is read as
 * the specification requires, and becomes one of version 00. A tracestate that is too long or not printable is dropped.
 */
export function parseTraceContext(parent: Header, state: Header): TraceContext | undefined {
  if (typeof parent !== 'string') return undefined;
  const match = parentPattern.exec(parent);
  if (!match) return undefined;
  const [, version, traceId, parentId, flags] = match as unknown as [string, string, string, string, string];
  const isKnown = version === '00';
  if (isKnown && parent.length !== parentLength) return undefined;
  // A later version may have other flags, of which nothing is known.
  const knownFlags = `0${parseInt(flags, 16) & sampled}`;
  return {
    traceId,
    parent: isKnown ? parent : `00-${traceId}-${parentId}-${knownFlags}`,
    state: parseState(state),
  };
}

function parseState(state: Header): string | undefined {
  const text = typeof state === 'string' ? state : state?.join(',');
  return text !== undefined && text.length <= stateMax && statePattern.test(text) ? text : undefined;
}

/** A new trace, which is not sampled. */
export function newTraceContext(): TraceContext {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, parent: `00-${traceId}-${randomBytes(8).toString('hex')}-00`, state: undefined };
}

/** The metadata by which a call carries its trace on, unchanged. */
export const traceHeaders = ({ parent, state }: TraceContext): Readonly<Record<string, string>> =>
  state === undefined ? { traceparent: parent } : { traceparent: parent, tracestate: state };

const traceIdPattern = /^(?!0{32})[0-9a-f]{32}$/;

/** Throws INVALID_ARGUMENT that names the field. */
export function parseTraceId(field: string, value: string): string {
  if (traceIdPattern.test(value)) return value;
  throw invalid(field, `invalid trace id ${quoted(value)}: expected 32 hexadecimal digits in lower case, not all 0`);
}
