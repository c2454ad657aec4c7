// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Writable } from 'node:stream';
import { OutgoingPieces } from './outgoing-pieces.js';

const kibibyte = 1024;

/** A stream whose peer reads what is written when the test says so. */
class SlowStream extends Writable {
  readonly written: Buffer[] = [];
  #read: ((error?: Error) => void)[] = [];

  constructor() {
    super({ highWaterMark: 16 * kibibyte });
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.written.push(chunk);
    this.#read.push(done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error) => void): void {
    this.written.push(...chunks.map(({ chunk }) => chunk));
    this.#read.push(done);
  }

  read(): Promise<void> {
    for (const done of this.#read.splice(0)) done();
    return new Promise((resolve) => setImmediate(resolve));
  }

  get bytes(): number {
    return this.written.reduce((sum, { length }) => sum + length, 0);
  }
}

describe('a message in pieces', () => {
  let stream: SlowStream;
  let read: number[];
  let sent: number;
  const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(5 * kibibyte, index));
  const send = (): OutgoingPieces =>
    new OutgoingPieces(
      stream,
      pieces,
      (bytes) => read.push(bytes),
      () => sent++,
    );

  beforeEach(() => {
    stream = new SlowStream();
    read = [];
    sent = 0;
  });

  it('is handed to the stream in parts of little more than 64 KiB, each when the one before was read', async () => {
    send();
    for (const parts of [1, 2, 3]) {
      expect(stream.bytes).toBe(parts * 65 * kibibyte);
      await stream.read();
    }
    expect([stream.bytes, sent]).toEqual([200 * kibibyte, 0]);
    await stream.read();
    expect([read, sent]).toEqual([[65, 65, 65, 5].map((size) => size * kibibyte), 1]);
    expect(Buffer.concat(stream.written)).toEqual(Buffer.concat(pieces));
  });

  it('is not copied', async () => {
    send();
    await stream.read();
    expect(stream.written.slice(0, 13).every((chunk, index) => chunk.buffer === pieces[index]!.buffer)).toBe(true);
  });

  it('is handed over as a whole when it is flushed, and sent once', async () => {
    const message = send();
    message.flush();
    message.flush();
    for (let turn = 0; turn < 4; turn++) await stream.read();
    expect(Buffer.concat(stream.written)).toEqual(Buffer.concat(pieces));
    expect([read.reduce((sum, bytes) => sum + bytes, 0), sent]).toEqual([200 * kibibyte, 1]);
  });

  it('ends with its stream, without being sent', async () => {
    send();
    stream.destroy();
    await stream.read();
    expect([stream.bytes, sent]).toEqual([65 * kibibyte, 0]);
  });
});
