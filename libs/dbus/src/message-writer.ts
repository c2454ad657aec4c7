// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { parseSignature, type Type } from './signature.js';
import { ValueWriter } from './value-writer.js';
import { headerFields, messageMax } from './wire-format.js';

/** A message to a bus; `body` has the values of `ValueWriter`. */
export interface SentMessage {
  /** 1 is a method call, 2 a return, 3 an error, 4 a signal. */
  readonly type: number;
  readonly serial: number;
  readonly flags?: number;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly destination?: string;
  readonly sender?: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

const [little, protocolVersion] = ['l'.charCodeAt(0), 1];
/** Where the lengths of the body and of the header fields are. */
const [bodyLengthAt, fieldsLengthAt] = [4, 12];

const fields = Object.entries(headerFields).map(([code, [name, signature]]) => ({
  code: Number(code),
  name,
  signature,
  type: parseSignature(signature)[0] as Type,
}));

/** The bytes of a message. Throws INVALID_ARGUMENT for what D-Bus cannot represent. */
export function bytesOfMessage(message: SentMessage): Buffer {
  const { type, flags = 0, serial, signature = '', body = [] } = message;
  const writer = new ValueWriter();
  for (const byte of [little, type, flags, protocolVersion]) writer.byte(byte);
  for (const number of [0, serial, 0]) writer.uint32(number);
  const fieldsAt = writer.length;
  for (const field of fields) {
    const value = message[field.name];
    if (value === undefined || value === '') continue;
    writer.align(8);
    writer.byte(field.code);
    writer.signature(field.signature);
    writer.value(field.type, value);
  }
  writer.setUint32(writer.length - fieldsAt, fieldsLengthAt);
  writer.align(8);
  const bodyAt = writer.length;
  writer.body(signature, body);
  if (writer.length > messageMax)
    throw new GivcError('INVALID_ARGUMENT', `a D-Bus message of ${writer.length} bytes exceeds ${messageMax}`);
  writer.setUint32(writer.length - bodyAt, bodyLengthAt);
  return writer.bytes;
}
