// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from './givc-error.js';

const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;
const unprintableInLines = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu;
const word = /^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,63})?$/;
const id = /^[\x20-\x7e]{0,64}$/;

/** The usual states. Thousands of units share one string of each. */
const usualWords = new Map(
  [
    ...['loaded', 'not-found', 'masked', 'active', 'inactive', 'failed', 'activating', 'deactivating'],
    ...['running', 'dead', 'exited', 'listening', 'plugged', 'mounted', 'waiting', 'frozen', 'thawing', 'success'],
  ].map((text) => [text, text]),
);

/** A text of a peer that may be stored and logged: the first `max` characters, with `�` for each unprintable one. */
export const parseText = (value: string, max: number): string => value.slice(0, max).replace(unprintable, '�');

/** Like `parseText`, for a text that may have several lines and tabs. */
export const parseLines = (value: string, max: number): string => value.slice(0, max).replace(unprintableInLines, '�');

/**
 * Throws INVALID_ARGUMENT unless the value could be a state or a result of systemd, of which new versions may have
 * more: a word, or empty.
 */
export function parseWord(field: string, value: string): string {
  if (!word.test(value))
    throw invalid(field, `invalid state ${quoted(value)}: expected at most 64 letters, digits, "-" and "_"`);
  return usualWords.get(value) ?? value;
}

/** Throws INVALID_ARGUMENT unless the value is at most 64 printable characters of ASCII. */
export function parseId(field: string, value: string): string {
  if (!id.test(value)) throw invalid(field, `invalid id ${quoted(value)}: expected at most 64 characters of ASCII`);
  return value;
}
