// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { Variant } from './dbus-next/variant.js';
import { alignments, arrayMax, depthMax } from './wire-format.js';
import { parseSignature, type Type } from './signature.js';

const unrepresentable = (problem: string): GivcError =>
  new GivcError('INVALID_ARGUMENT', `D-Bus cannot represent ${problem}`);

const ranges: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  y: [0n, 0xffn],
  n: [-0x8000n, 0x7fffn],
  q: [0n, 0xffffn],
  i: [-0x8000_0000n, 0x7fff_ffffn],
  u: [0n, 0xffff_ffffn],
  h: [0n, 0xffff_ffffn],
  x: [-(2n ** 63n), 2n ** 63n - 1n],
  t: [0n, 2n ** 64n - 1n],
};

const objectPath = /^\/$|^(?:\/[A-Za-z0-9_]+)+$/;

/**
 * Writes values of one message in little-endian byte order, each aligned to the beginning of the message
 * (https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-marshaling). Takes the values that
 * `ValueReader` returns; integers may be numbers or bigints. Throws INVALID_ARGUMENT for a value that is not of the
 * type.
 */
export class ValueWriter {
  #bytes = Buffer.allocUnsafe(512);
  #at = 0;
  #depth = 0;

  /** The number of bytes so far. */
  get length(): number {
    return this.#at;
  }

  /** What was written, without a copy. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  body(signature: string, values: readonly unknown[]): void {
    const types = parseSignature(signature);
    if (types.length !== values.length)
      throw unrepresentable(`${values.length} values as ${types.length} of the signature ${signature}`);
    for (const [index, type] of types.entries()) this.value(type, values[index]);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  uint32(value: number): void {
    this.align(4);
    this.#room(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  /** Sets four bytes that were written before. */
  setUint32(value: number, at: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  align(size: number): void {
    const gap = -this.#at & (size - 1);
    this.#room(gap);
    this.#bytes.fill(0, this.#at, this.#at + gap);
    this.#at += gap;
  }

  text(value: unknown): void {
    const { text, length } = this.#textOf(value);
    this.uint32(length);
    this.#characters(text, length);
  }

  signature(value: unknown): void {
    const { text, length } = this.#textOf(value);
    parseSignature(text);
    this.byte(length);
    this.#characters(text, length);
  }

  value(type: Type, value: unknown): void {
    if (++this.#depth > depthMax) throw unrepresentable('values that are nested so deeply');
    this.align(alignments[type.code]!);
    this.#write(type, value);
    this.#depth--;
  }

  #write({ code, children }: Type, value: unknown): void {
    switch (code) {
      case 's':
        return this.text(value);
      case 'o':
        if (!objectPath.test(String(value))) throw unrepresentable(`"${String(value)}" as an object path`);
        return this.text(value);
      case 'g':
        return this.signature(value);
      case 'b':
        if (typeof value !== 'boolean') throw unrepresentable(`${typeof value} as a boolean`);
        return this.uint32(value ? 1 : 0);
      case 'd':
        if (typeof value !== 'number') throw unrepresentable(`${typeof value} as a number`);
        this.#room(8);
        this.#at = this.#bytes.writeDoubleLE(value, this.#at);
        return;
      case 'v':
        return this.#variant(value);
      case 'a':
        return this.#array(children[0]!, value);
      case '(':
      case '{':
        return this.#members(children, value);
      default:
        return this.#integer(code, value);
    }
  }

  #integer(code: string, value: unknown): void {
    const [least, most] = ranges[code]!;
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw unrepresentable(`${String(value)} as ${code}`);
    const number = value as bigint | number;
    if (number < least || number > most) throw unrepresentable(`${number} as ${code}`);
    const size = alignments[code]!;
    this.#room(size);
    // The lowest bytes of a negative number are its two's complement.
    if (size === 8) this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(number)), this.#at);
    else if (size === 4) this.#bytes.writeUInt32LE(Number(number) >>> 0, this.#at);
    else if (size === 2) this.#bytes.writeUInt16LE(Number(number) & 0xffff, this.#at);
    else this.#bytes[this.#at] = Number(number);
    this.#at += size;
  }

  #variant(value: unknown): void {
    if (!(value instanceof Variant)) throw unrepresentable(`${typeof value} as a variant`);
    const [type, ...more] = parseSignature(value.signature);
    if (!type || more.length > 0) throw unrepresentable(`"${value.signature}" as the type of a variant`);
    this.signature(value.signature);
    this.value(type, value.value);
  }

  #array(element: Type, value: unknown): void {
    this.uint32(0);
    const lengthAt = this.#at - 4;
    this.align(alignments[element.code]!);
    const start = this.#at;
    if (element.code === 'y' && Buffer.isBuffer(value)) this.#append(value);
    else for (const one of this.#elements(element, value)) this.value(element, one);
    const length = this.#at - start;
    if (length > arrayMax) throw unrepresentable(`an array of ${length} bytes`);
    this.setUint32(length, lengthAt);
  }

  #elements({ code }: Type, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (code === '{' && typeof value === 'object' && value !== null) return Object.entries(value);
    throw unrepresentable(`${typeof value} as an array`);
  }

  #members(children: readonly Type[], value: unknown): void {
    if (!Array.isArray(value) || value.length !== children.length)
      throw unrepresentable(`this as a struct of ${children.length} values`);
    for (const [index, child] of children.entries()) this.value(child, value[index]);
  }

  #textOf(value: unknown): { readonly text: string; readonly length: number } {
    if (typeof value !== 'string' || value.includes('\0')) throw unrepresentable(`${typeof value} as a text`);
    return { text: value, length: Buffer.byteLength(value) };
  }

  #characters(text: string, length: number): void {
    this.#room(length + 1);
    this.#bytes.write(text, this.#at);
    this.#bytes[this.#at + length] = 0;
    this.#at += length + 1;
  }

  #append(bytes: Buffer): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
