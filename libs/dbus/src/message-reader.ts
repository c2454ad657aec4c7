// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Variant } from './dbus-next/variant.js';
import { parseSignature, type Type } from './signature.js';
import { malformed, ValueReader } from './value-reader.js';
import { headerFields, messageMax } from './wire-format.js';

/**
 * A message of a bus. `body` has the types of `ValueReader`. It is parsed at each access, because any program may send
 * large messages that are never used; the access throws INVALID_ARGUMENT when it is malformed.
 */
export interface ReceivedMessage {
  /** 1 is a method call, 2 a return, 3 an error, 4 a signal; later versions of the protocol may have others. */
  readonly type: number;
  readonly serial: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly body: readonly unknown[];
}

type Name = Exclude<keyof ReceivedMessage, 'type' | 'serial' | 'body'>;

/** Byte order, type, flags, version, and the lengths of the body and of the header fields. */
const fixedLength = 16;
const [little, big] = ['l'.charCodeAt(0), 'B'.charCodeAt(0)];
const protocolVersion = 1;
const [fieldsType] = parseSignature('a(yv)') as [Type];

const paddedTo8 = (length: number): number => length + (-length & 7);

/** The length of the message that begins with these bytes. */
function layoutOf(bytes: Buffer): { readonly isLittleEndian: boolean; readonly bodyAt: number; readonly end: number } {
  const isLittleEndian = bytes[0] === little;
  if (!isLittleEndian && bytes[0] !== big) throw malformed('its byte order is unknown');
  if (bytes[3] !== protocolVersion) throw malformed(`its version is ${bytes[3]}`);
  const uint32 = (at: number) => (isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const bodyAt = paddedTo8(fixedLength + uint32(12));
  const end = bodyAt + uint32(4);
  if (end > messageMax) throw malformed(`it has ${end} bytes, which is more than ${messageMax}`);
  return { isLittleEndian, bodyAt, end };
}

function messageOf(bytes: Buffer): ReceivedMessage {
  const { isLittleEndian, bodyAt, end } = layoutOf(bytes);
  const fields: { [key in Name]?: unknown } = {};
  // The length of the fields is read once more, as the length of their array.
  for (const [code, { signature, value }] of new ValueReader(bytes, isLittleEndian, 12, bodyAt).value(fieldsType) as [
    number,
    Variant,
  ][]) {
    const [name, type] = (headerFields as Readonly<Record<number, readonly [name: Name, type: string]>>)[code] ?? [];
    if (!name) continue;
    if (signature !== type) throw malformed(`its ${name} has the type ${signature}`);
    fields[name] = value;
  }
  const serial = isLittleEndian ? bytes.readUInt32LE(8) : bytes.readUInt32BE(8);
  return {
    ...(fields as Partial<ReceivedMessage>),
    type: bytes[1]!,
    serial,
    get body() {
      return new ValueReader(bytes, isLittleEndian, bodyAt, end).body((fields.signature as string | undefined) ?? '');
    },
  };
}

/**
 * Splits the bytes of a bus into messages, whatever chunks they arrive in
 * (https://dbus.freedesktop.org/doc/dbus-specification.html). It buffers an incomplete message, of at most 128 MiB.
 */
export class MessageReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #needed = fixedLength;

  constructor(private readonly onMessage: (message: ReceivedMessage) => void) {}

  /**
   * Throws INVALID_ARGUMENT when a message is malformed, after it has passed on the earlier ones; nothing can be read
   * after that.
   */
  read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      this.#needed = rest.length < fixedLength ? fixedLength : layoutOf(rest).end;
      if (rest.length < this.#needed) break;
      this.onMessage(messageOf(rest.subarray(0, this.#needed)));
      rest = rest.subarray(this.#needed);
    }
    this.#chunks = [rest];
    this.#length = rest.length;
  }
}
