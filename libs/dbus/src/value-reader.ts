// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { parseSignature, type Type } from './signature.js';
import { Variant } from './dbus-next/variant.js';
import { alignments, arrayMax, depthMax } from './wire-format.js';

export const malformed = (problem: string): GivcError =>
  new GivcError('INVALID_ARGUMENT', `malformed D-Bus message: ${problem}`);

/**
 * Reads values of one message, from `at` to `end`, which are aligned to the beginning of `bytes`
 * (https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-marshaling). 64-bit numbers are bigints, a
 * dictionary is an object, an array of bytes a Buffer of the message's own memory, and a file descriptor its number in
 * the message. Throws INVALID_ARGUMENT when the bytes are not a value of the type.
 */
export class ValueReader {
  #depth = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly isLittleEndian: boolean,
    private at: number,
    private readonly end: number,
  ) {}

  /** The values of a signature; throws when bytes are left. */
  body(signature: string): readonly unknown[] {
    const values = parseSignature(signature).map((type) => this.value(type));
    if (this.at !== this.end) throw malformed(`${this.end - this.at} bytes of its body are of no type`);
    return values;
  }

  value(type: Type): unknown {
    if (++this.#depth > depthMax) throw malformed('its values are nested too deeply');
    this.#align(alignments[type.code]!);
    const value = this.#read(type);
    this.#depth--;
    return value;
  }

  #read({ code, children }: Type): unknown {
    switch (code) {
      case 'y':
        return this.bytes[this.#take(1)];
      case 'b':
        return this.#uint32() !== 0;
      case 'n':
        return this.isLittleEndian ? this.bytes.readInt16LE(this.#take(2)) : this.bytes.readInt16BE(this.#take(2));
      case 'q':
        return this.isLittleEndian ? this.bytes.readUInt16LE(this.#take(2)) : this.bytes.readUInt16BE(this.#take(2));
      case 'i':
        return this.#uint32() | 0;
      case 'x':
        return BigInt.asIntN(64, this.#uint64());
      case 't':
        return this.#uint64();
      case 'd':
        return this.isLittleEndian ? this.bytes.readDoubleLE(this.#take(8)) : this.bytes.readDoubleBE(this.#take(8));
      case 's':
      case 'o':
        return this.#text(this.#uint32());
      case 'g':
        return this.#text(this.bytes[this.#take(1)]!);
      case 'v':
        return this.#variant();
      case 'a':
        return this.#array(children[0]!);
      case '(':
      case '{':
        return children.map((member) => this.value(member));
      // u and h
      default:
        return this.#uint32();
    }
  }

  #variant(): Variant {
    const signature = this.#text(this.bytes[this.#take(1)]!);
    const [type, ...more] = parseSignature(signature);
    if (!type || more.length > 0) throw malformed('a variant has one type');
    return new Variant(signature, this.value(type));
  }

  #array(element: Type): unknown {
    const length = this.#uint32();
    if (length > arrayMax) throw malformed(`an array has ${length} bytes, which is more than ${arrayMax}`);
    this.#align(alignments[element.code]!);
    const start = this.#take(length);
    if (element.code === 'y') return this.bytes.subarray(start, this.at);
    const end = this.at;
    const values: unknown[] = [];
    for (this.at = start; this.at < end;) values.push(this.value(element));
    if (this.at !== end) throw malformed('the last element of an array is not whole');
    // Each entry becomes an own property, also one with the name __proto__.
    return element.code === '{' ? Object.fromEntries(values as [string, unknown][]) : values;
  }

  #text(length: number): string {
    const start = this.#take(length + 1);
    if (this.bytes.indexOf(0, start) !== start + length) throw malformed('a text does not end with NUL');
    return this.bytes.toString('utf8', start, start + length);
  }

  #uint32(): number {
    this.#align(4);
    const at = this.#take(4);
    return this.isLittleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  #uint64(): bigint {
    const at = this.#take(8);
    return this.isLittleEndian ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at);
  }

  #align(size: number): void {
    this.#take(-this.at & (size - 1));
  }

  /** Returns the offset of the next `length` bytes, and moves past them. */
  #take(length: number): number {
    const at = this.at;
    if (length > this.end - at) throw malformed('it ends within a value');
    this.at += length;
    return at;
  }
}
