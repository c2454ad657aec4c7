// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TypedValue, WrittenMessage } from './bus-values.js';

const sizes: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, x: 8, t: 8, d: 8, '(': 8, '{': 8 },
};
const alignmentOf = (type: string): number => sizes[type[0]!] ?? 4;

/** The first type of a signature. */
function firstType(signature: string): string {
  if (signature.startsWith('a')) return `a${firstType(signature.slice(1))}`;
  let depth = 0;
  for (let at = 0; at < signature.length; at++) {
    if ('({'.includes(signature[at]!)) depth++;
    if (')}'.includes(signature[at]!)) depth--;
    if (depth === 0) return signature.slice(0, at + 1);
  }
  throw new Error(`no type: ${signature}`);
}

function typesOf(signature: string): string[] {
  if (signature === '') return [];
  const first = firstType(signature);
  return [first, ...typesOf(signature.slice(first.length))];
}

/** Writes values one after the other, as the specification defines. */
class BusWriter {
  readonly bytes: number[] = [];

  constructor(private readonly isLittleEndian: boolean) {}

  align(size: number): void {
    while (this.bytes.length % size !== 0) this.bytes.push(0);
  }

  value(type: string, value: unknown): void {
    this.align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return void this.bytes.push(value as number);
      case 'n':
      case 'q':
        return this.#number(BigInt(value as number), 2);
      case 'x':
      case 't':
        return this.#number(value as bigint, 8);
      case 'd': {
        const bits = Buffer.alloc(8);
        bits.writeDoubleBE(value as number);
        return this.#number(bits.readBigUInt64BE(), 8);
      }
      case 's':
      case 'o':
        this.#number(BigInt(Buffer.byteLength(value as string)), 4);
        return this.#text(value as string);
      case 'g':
        return this.#signature(value as string);
      case 'v': {
        const within = value as TypedValue;
        this.#signature(within.type);
        return this.value(within.type, within.value);
      }
      case 'a':
        return this.#array(type.slice(1), value as unknown[]);
      case '(':
      case '{':
        for (const [at, one] of typesOf(type.slice(1, -1)).entries()) this.value(one, (value as unknown[])[at]);
        return;
      default:
        return this.#number(BigInt(value as number | boolean), 4);
    }
  }

  #number(value: bigint, length: number): void {
    const bytes = Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
    this.bytes.push(...(this.isLittleEndian ? bytes : bytes.reverse()));
  }

  #text(value: string): void {
    this.bytes.push(...Buffer.from(value), 0);
  }

  #signature(value: string): void {
    this.bytes.push(value.length);
    this.#text(value);
  }

  #array(element: string, values: readonly unknown[]): void {
    const lengthAt = this.bytes.length;
    this.#number(0n, 4);
    this.align(alignmentOf(element));
    const start = this.bytes.length;
    for (const one of values) this.value(element, one);
    const length = new BusWriter(this.isLittleEndian);
    length.value('u', this.bytes.length - start);
    this.bytes.splice(lengthAt, 4, ...length.bytes);
  }
}

/** The bytes of a message. */
export function bytesOf({ isLittleEndian, type, serial, fields, body }: WrittenMessage): Buffer {
  const written = new BusWriter(isLittleEndian);
  for (const { type: one, value } of body) written.value(one, value);
  const head = new BusWriter(isLittleEndian);
  head.bytes.push((isLittleEndian ? 'l' : 'B').charCodeAt(0), type, 0, 1);
  head.value('u', written.bytes.length);
  head.value('u', serial);
  head.value('a(yv)', fields);
  head.align(8);
  return Buffer.from([...head.bytes, ...written.bytes]);
}
