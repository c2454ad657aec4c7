// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** A complete type; the children of an array, a struct (`(`) or a dictionary entry (`{`) are its types. */
export interface Type {
  readonly code: string;
  readonly children: readonly Type[];
}

const basic = 'ybnqiuxtdhsog';
const lengthMax = 255;
/** The maximum depth of nested arrays, and that of nested structs. */
const depthMax = 32;
const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

const malformed = (problem: string): GivcError =>
  new GivcError('INVALID_ARGUMENT', `malformed D-Bus signature: ${problem}`);

/** Reads one type after another. */
class SignatureReader {
  #at = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  type(arrays = 0, structs = 0): Type {
    const code = this.text[this.#at++] ?? '';
    if (code !== '' && (basic.includes(code) || code === 'v')) return { code, children: [] };
    if (code === 'a' ? arrays === depthMax : structs === depthMax) throw malformed('it is nested too deeply');
    if (code === 'a') {
      const isDictionary = this.text[this.#at] === '{';
      return { code, children: [isDictionary ? this.#entry(arrays + 1, structs) : this.type(arrays + 1, structs)] };
    }
    if (code === '(') return this.#members(code, arrays, structs + 1);
    throw malformed(`expected a type at ${this.#at - 1}`);
  }

  /** A dictionary entry has a basic type and any other type, and occurs only in an array. */
  #entry(arrays: number, structs: number): Type {
    this.#at++;
    const entry = this.#members('{', arrays, structs + 1);
    if (entry.children.length !== 2 || !basic.includes(entry.children[0]!.code))
      throw malformed('expected a basic type and one other type in a dictionary entry');
    return entry;
  }

  #members(code: '(' | '{', arrays: number, structs: number): Type {
    const children: Type[] = [];
    while (this.text[this.#at] !== closing[code]) children.push(this.type(arrays, structs));
    this.#at++;
    if (children.length === 0) throw malformed('empty struct or dictionary entry');
    return { code, children };
  }
}

const parsed = new Map<string, readonly Type[]>();
/** The maximum number of signatures that are kept; programs use a few dozen. */
const keptMax = 200;

function parse(text: string): readonly Type[] {
  if (text.length > lengthMax) throw malformed(`it has more than ${lengthMax} characters`);
  const reader = new SignatureReader(text);
  const types: Type[] = [];
  while (!reader.isAtEnd) types.push(reader.type());
  return types;
}

/**
 * The types of a signature (https://dbus.freedesktop.org/doc/dbus-specification.html#type-system). Throws
 * INVALID_ARGUMENT when it is invalid.
 */
export function parseSignature(text: string): readonly Type[] {
  let types = parsed.get(text);
  if (types) return types;
  types = parse(text);
  if (parsed.size < keptMax) parsed.set(text, types);
  return types;
}
