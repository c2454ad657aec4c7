// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { GivcError } from '@givc/model';
import type { Rejection } from './target.js';

/** Control sequences of terminals, characters that break or reorder a line, and unpaired surrogates. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u;

export const requirePlain = (text: string, what = 'the text'): void =>
  assert(!unprintable.test(text), `${what} has what a terminal would obey: ${JSON.stringify(text)}`);

/** A secret shorter than this may be in a message by chance. */
const shortestSecret = 6;

export function requireRejection(error: unknown, rejection: Rejection | 'never', secrets: readonly string[]): void {
  if (rejection === 'never' || !(error instanceof GivcError)) throw error;
  const { reasons, messageMax = 1_200, hasLines = false } = rejection;
  const { message, reason, field = '', info } = error;
  assert(reasons.includes(reason), `it is refused with ${reason}: ${message}`);
  assert(message !== '', 'the error has no message');
  assert(message.length <= messageMax, `the error has ${message.length} characters, and not at most ${messageMax}`);
  for (const line of hasLines ? message.split('\n') : [message]) requirePlain(line, 'the error');
  assert(field.length <= messageMax, `the field of the error has ${field.length} characters`);
  const all = [message, field, JSON.stringify(info ?? {})].join('\n');
  for (const secret of secrets)
    if (secret.length >= shortestSecret) assert(!all.includes(secret), `the error has a secret: ${message}`);
}

const builtIn = new Map([Object.prototype, Array.prototype, Function.prototype].map((one) => [one, shapeOf(one)]));

function shapeOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}

/** Everything that is reachable, each object once. */
function* reachable(root: unknown): Generator<unknown> {
  const seen = new Set<unknown>();
  const stack = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    yield value;
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) for (const entry of value) stack.push(entry);
    else for (const entry of Object.entries(value)) stack.push(...entry);
  }
}

/** The size in characters and bytes; a number counts as eight. */
export function sizeOf(root: unknown): number {
  let size = 0;
  for (const value of reachable(root))
    size += typeof value === 'string' ? value.length : ArrayBuffer.isView(value) ? value.byteLength : 8;
  return size;
}

/** Whether an object is an instance of a class of this program, and did not get its prototype from the parsed input. */
function isOfClass(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || typeof Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value === 'function';
}

/** Throws when the value is too large, or when the input has added properties to it or to the built-in prototypes. */
export function requireHarmless(value: unknown, max: number): void {
  for (const [prototype, shape] of builtIn) assert.equal(shapeOf(prototype), shape, 'a prototype was changed');
  if (value === undefined) return;
  const size = sizeOf(value);
  assert(size <= max, `what was accepted has a size of ${size}, and not at most ${max}`);
  for (const one of reachable(value))
    assert(typeof one !== 'object' || one === null || isOfClass(one), 'an object has a prototype of the input');
}
