// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

/** Binary for keys that end with `-bin`, and printable ASCII for others. */
export type MetadataValue = string | Buffer;

const legalKey = /^[0-9a-z_.-]+$/;
const legalText = /^[ -~]*$/;
const isBinary = (key: string): boolean => key.endsWith('-bin');

/** The only reserved key that programs can set: a `google.rpc.Status`. */
const statusDetails = 'grpc-status-details-bin';
/** Headers of HTTP/2 and gRPC, which programs cannot set. */
const isReserved = (key: string): boolean =>
  key.startsWith(':') || key === 'content-type' || key === 'te' || (key.startsWith('grpc-') && key !== statusDetails);

function* valuesOf(key: string, header: string): Generator<MetadataValue> {
  if (!isBinary(key)) {
    if (legalText.test(header)) yield header;
    return;
  }
  for (const part of header.split(',')) yield Buffer.from(part.trim(), 'base64');
}

/**
 * The metadata of a call: keys in lower case, each with one value or several. It excludes the headers of HTTP/2 and
 * gRPC, except `grpc-status-details-bin`.
 */
export class Metadata {
  #values: Map<string, MetadataValue[]> | undefined;
  /** The received headers, parsed at the first read. */
  #headers: IncomingHttpHeaders | undefined;

  /** The values in these headers, which are parsed at the first read. Invalid ones are left out. */
  static fromHeaders(headers: IncomingHttpHeaders): Metadata {
    const metadata = new Metadata();
    metadata.#headers = headers;
    return metadata;
  }

  /** The values of a key, in order. */
  get(key: string): readonly MetadataValue[] {
    return this.#map.get(key.toLowerCase()) ?? [];
  }

  /** Replaces the values of a key. Throws a TypeError for a key or a value that may not be sent. */
  set(key: string, value: MetadataValue): void {
    this.#map.set(valid(key, value), [value]);
  }

  /** Adds a value after those of the key. Throws as `set` does. */
  add(key: string, value: MetadataValue): void {
    const name = valid(key, value);
    const values = this.#map.get(name);
    if (values) values.push(value);
    else this.#map.set(name, [value]);
  }

  /** Removes all values of the key. */
  remove(key: string): void {
    this.#map.delete(key.toLowerCase());
  }

  /** A copy that changes independently of this. */
  clone(): Metadata {
    const copy = new Metadata();
    copy.#values = new Map(Array.from(this.#map, ([key, values]) => [key, [...values]]));
    return copy;
  }

  /** The first value of each key. */
  getMap(): Record<string, MetadataValue> {
    return Object.fromEntries(Array.from(this.#map, ([key, [value]]) => [key, value!]));
  }

  /** Binary values are in base64 without padding, as the specification of gRPC requires. */
  toHeaders(): OutgoingHttpHeaders {
    const headers: OutgoingHttpHeaders = {};
    for (const [key, values] of this.#map) {
      const encoded = values.map((value) =>
        typeof value === 'string' ? value : value.toString('base64').replace(/=+$/, ''),
      );
      headers[key] = encoded.length === 1 ? encoded[0] : encoded;
    }
    return headers;
  }

  get #map(): Map<string, MetadataValue[]> {
    if (this.#values) return this.#values;
    const values = (this.#values = new Map<string, MetadataValue[]>());
    for (const [key, header] of Object.entries(this.#headers ?? {})) {
      if (header === undefined || isReserved(key)) continue;
      const read = [header].flat().flatMap((one) => [...valuesOf(key, String(one))]);
      if (read.length > 0) values.set(key, read);
    }
    this.#headers = undefined;
    return values;
  }
}

function valid(key: string, value: MetadataValue): string {
  const name = key.toLowerCase();
  if (!legalKey.test(name) || isReserved(name)) throw new TypeError(`metadata key "${key}" may not be sent`);
  if (isBinary(name) !== Buffer.isBuffer(value))
    throw new TypeError(`metadata key "${key}": expected ${isBinary(name) ? 'a Buffer' : 'a string'}`);
  if (typeof value === 'string' && !legalText.test(value))
    throw new TypeError(`metadata key "${key}": expected printable ASCII`);
  return name;
}
