// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Rpc } from './rpc.js';

/** The maximum number of tags and lengths in one message: 1,000 units with all fields have less. */
const most = 64 * 1024;

/**
 * Decodes a message that has at most 65,536 tags and lengths. A field of two bytes may become an object of a hundred,
 * so the size of a message does not limit the size of the decoded object.
 */
class BoundedReader extends BinaryReader {
  constructor(bytes: Uint8Array) {
    super(bytes);
    const read = this.uint32.bind(this);
    let count = 0;
    this.uint32 = () => {
      if (++count > most) throw new Error(`more than ${most} fields`);
      return read();
    };
  }
}

/** Decodes as `deserialize` of the generated code does, and throws as soon as a message has too many fields. */
export function bounded<Message>(deserialize: (bytes: Buffer) => Message): (bytes: Buffer) => Message {
  return (bytes) =>
    // Each field has at least one byte. The generated code accepts a reader as well as bytes.
    deserialize(bytes.length <= most ? bytes : (new BoundedReader(bytes) as unknown as Buffer));
}

const methods = new WeakMap<object, unknown>();

/** The method with answers that are decoded by `bounded`; the same object for each call. */
export function withBoundedAnswers<Request, Response>(method: Rpc<Request, Response>): Rpc<Request, Response> {
  let known = methods.get(method) as Rpc<Request, Response> | undefined;
  if (!known) {
    known = { ...method, responseDeserialize: bounded(method.responseDeserialize) };
    methods.set(method, known);
  }
  return known;
}
