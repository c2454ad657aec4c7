// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';

/** Tags and lengths in one message: 1,000 units with all that there is about each have less. */
const most = 64 * 1024;

/**
 * A message that is decoded as far as it has at most 65,536 tags and lengths. A field of two bytes may become an object of
 * a hundred, so that the size of a message says little about that of what it becomes.
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

/** Decodes as `deserialize` does, which is of the generated code, and throws as soon as a message has too many fields. */
export function bounded<Message>(deserialize: (bytes: Buffer) => Message): (bytes: Buffer) => Message {
  return (bytes) =>
    // Each of them has a byte at least. The generated code takes a reader as well as bytes.
    deserialize(bytes.length <= most ? bytes : (new BoundedReader(bytes) as unknown as Buffer));
}

const methods = new WeakMap<object, unknown>();

/** The method with answers that are decoded as `bounded` does; the same object for each call. */
export function withBoundedAnswers<Request, Response>(
  method: MethodDefinition<Request, Response>,
): MethodDefinition<Request, Response> {
  let known = methods.get(method) as MethodDefinition<Request, Response> | undefined;
  if (!known) {
    known = { ...method, responseDeserialize: bounded(method.responseDeserialize) };
    methods.set(method, known);
  }
  return known;
}
