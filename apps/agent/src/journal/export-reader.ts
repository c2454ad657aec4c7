// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { journal } from '@givc/rpc';
import { journalFields, maxEntryBytes, maxFieldBytes, maxMessageBytes } from './journal.js';

const [lineEnd, equals] = [0x0a, 0x3d];
const sizeBytes = 8;
/** systemd accepts names of up to 64 characters. */
const maxNameBytes = 128;
const maxFields = 32;
const time = '__REALTIME_TIMESTAMP';
const kept: ReadonlySet<string> = new Set([...journalFields, time]);

const limitOf = (name: string): number => {
  if (name === 'MESSAGE') return maxMessageBytes;
  return kept.has(name) ? maxFieldBytes : 0;
};

/** The value that is being read. */
interface OpenValue {
  readonly name: string;
  readonly parts: Buffer[];
  room: number;
  cut: number;
  /** The bytes that are left of a value with a size; undefined for one that ends with its line. */
  left: number | undefined;
}

/**
 * Reads the Journal Export Format (https://systemd.io/JOURNAL_EXPORT_FORMATS), from pieces of any size. Of a long value
 * only the beginning is kept in memory. Throws when the bytes cannot be of this format.
 */
export class ExportReader {
  #fields: journal.Field[] = [];
  #realtime = 0;
  /** What is left of `maxEntryBytes`. */
  #room = maxEntryBytes;
  #value: OpenValue | undefined;
  /** Bytes of a name, or of a size, that is not complete. */
  #rest: Buffer = Buffer.alloc(0);

  /** The entries that are complete with these bytes. */
  push(chunk: Buffer): journal.Entry[] {
    const entries: journal.Entry[] = [];
    let bytes = chunk;
    while (bytes.length > 0) bytes = this.#value ? this.#readValue(bytes, this.#value) : this.#readName(bytes, entries);
    return entries;
  }

  #readName(chunk: Buffer, entries: journal.Entry[]): Buffer {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = bytes.findIndex((byte) => byte === lineEnd || byte === equals);
    if (end > maxNameBytes || (end < 0 && bytes.length > maxNameBytes))
      throw new Error('journalctl has not written the export format of journals');
    const isText = bytes[end] === equals;
    const start = end === 0 || isText ? end + 1 : end + 1 + sizeBytes;
    if (end < 0 || bytes.length < start) {
      this.#rest = Buffer.from(bytes);
      return Buffer.alloc(0);
    }
    this.#rest = Buffer.alloc(0);
    const name = bytes.toString('latin1', 0, end);
    if (end === 0) this.#endEntry(entries);
    else {
      const left = isText ? undefined : Number(bytes.readBigUInt64LE(end + 1)) + 1;
      this.#value = { name, parts: [], room: Math.min(limitOf(name), this.#room), cut: 0, left };
    }
    return bytes.subarray(start);
  }

  #readValue(bytes: Buffer, value: OpenValue): Buffer {
    const at = value.left === undefined ? bytes.indexOf(lineEnd) : value.left - 1;
    const isComplete = at >= 0 && at < bytes.length;
    const length = isComplete ? at : bytes.length;
    const used = Math.min(length, value.room);
    if (used > 0) value.parts.push(Buffer.from(bytes.subarray(0, used)));
    value.room -= used;
    this.#room -= used;
    value.cut += length - used;
    if (!isComplete) {
      if (value.left !== undefined) value.left -= bytes.length;
      return Buffer.alloc(0);
    }
    this.#value = undefined;
    this.#add(value);
    return bytes.subarray(length + 1);
  }

  #add({ name, parts, cut }: OpenValue): void {
    if (!kept.has(name)) return;
    const value = Buffer.concat(parts);
    if (name === time) this.#realtime = Number(value.toString('latin1'));
    else if (this.#fields.length < maxFields) this.#fields.push({ name, value, cut_bytes: cut });
  }

  #endEntry(entries: journal.Entry[]): void {
    if (this.#fields.length > 0) entries.push({ realtime_us: this.#realtime || 0, fields: this.#fields });
    this.#fields = [];
    this.#realtime = 0;
    this.#room = maxEntryBytes;
  }
}
