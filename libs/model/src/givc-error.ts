// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getSystemErrorMap } from 'node:util';
import { plainJson } from './plain-json.js';

/**
 * The kind of a failure, in gRPC's own words (https://grpc.io/docs/guides/status-codes/). Each reason is the name of
 * the status code that a caller gets.
 */
export const reasons = [
  'CANCELLED',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'UNAUTHENTICATED',
] as const;

/** One of `reasons`. */
export type Reason = (typeof reasons)[number];

/** Information for programs, beside the reason: https://google.aip.dev/193#errorinfo */
export interface ErrorInfo {
  /** In UPPER_SNAKE_CASE, such as `SYSTEMD_AWAY`. */
  readonly reason: string;
  /** Further information, by keys in lowerCamelCase. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The optional parts of an error. */
export interface ErrorOptions {
  /** The error that was caught; it stays in this process. */
  readonly cause?: unknown;
  /** The name of the invalid value in the caller's request. */
  readonly field?: string | undefined;
  /** The problem of the field; the message by default. */
  readonly problem?: string | undefined;
  readonly info?: ErrorInfo | undefined;
}

/**
 * The only error class of this code base. The message names the thing and the fix, and reaches the user unchanged;
 * `field` and `info` are for programs, and are sent with it from a server to its caller.
 */
export class GivcError extends Error {
  override readonly name = 'GivcError';
  /** The name of the invalid value in the caller's request. */
  readonly field: string | undefined;
  /** The message, without the name of the field where it begins with that; it stays in this process. */
  readonly problem: string;
  /** Information for programs. */
  readonly info: ErrorInfo | undefined;

  constructor(
    /** The status that a caller gets. */
    readonly reason: Reason,
    message: string,
    { cause, field, problem = message, info }: ErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.field = field;
    this.problem = problem;
    this.info = info;
  }
}

/** An error whose cause is one value of the caller's request: `field` is its name there. */
export function fieldError(reason: Reason, field: string, problem: string): GivcError {
  return new GivcError(reason, `${field}: ${problem}`, { field, problem });
}

/** The error for an invalid input: `field` is its name in the caller's request. */
export function invalid(field: string, problem: string): GivcError {
  return fieldError('INVALID_ARGUMENT', field, problem);
}

const quotedMax = 100;

/** A value as messages show it: as JSON, and the beginning of a long one, because messages are sent as headers. */
export function quoted(value: string): string {
  return plainJson(value.length > quotedMax ? `${value.slice(0, quotedMax)}…` : value);
}

/** The text of any thrown value, for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Like `messageOf`, but without the name of the invalid field, for a text that names its position in another way. */
export const problemOf = (error: unknown): string => (error instanceof GivcError ? error.problem : messageOf(error));

/**
 * Like `messageOf`, but for an error of the system its code and the text of errno(3), without the path that Node adds.
 */
export function systemErrorText(error: unknown): string {
  const { code, errno } = error as NodeJS.ErrnoException;
  const text = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return text === undefined ? messageOf(error) : `${code}: ${text}`;
}
