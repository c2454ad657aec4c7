// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import type { GivcError } from '@givc/model';
import type { InterceptedCall } from '../grpc-js/intercepted-call.js';
import { IncomingCall } from './incoming-call.js';
import { serverLimits } from './limits.js';
import { PeerBudgets } from './peer-budgets.js';
import { ProgressWatchdog } from './progress-watchdog.js';
import { UnreadAnswers } from './unread-answers.js';

const kibibyte = 1024;

/** A message of this size with its prefix. */
function message(length: number, compressed = 0): Buffer {
  const bytes = Buffer.alloc(5 + length);
  bytes[0] = compressed;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

describe('the counted bytes of a call', () => {
  let stream: Duplex;
  let readQueue: { type: string }[];
  let statuses: object[];
  let refused: GivcError[];
  let incoming: IncomingCall;

  function open(requestStream: boolean): void {
    stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    [readQueue, statuses, refused] = [[], [], []];
    const call = {
      stream,
      readQueue,
      startRead: () => undefined,
      sendMessage: () => undefined,
      sendStatus: (status: object) => statuses.push(status),
    };
    incoming = new IncomingCall(call as unknown as InterceptedCall, {
      path: '/a.Service/Rpc',
      requestStream,
      limit: 64 * kibibyte,
      budgets: new PeerBudgets({ ...serverLimits, undeliveredBytesOfPeer: 200 * kibibyte }),
      unfinished: new ProgressWatchdog(5_000),
      unread: new UnreadAnswers(serverLimits),
      onRefused: (error) => refused.push(error),
    });
    incoming.open('a-vm');
  }
  /** Sends data, and resolves when it has been read. */
  async function send(bytes: Buffer): Promise<void> {
    stream.push(bytes);
    const read = new Promise((resolve) => stream.once('data', resolve));
    stream.resume();
    await read;
    stream.pause();
  }
  afterEach(() => stream.destroy());

  it('are its bytes and 256 for each chunk, before anything reads it', () => {
    open(true);
    for (let n = 0; n < 3; n++) stream.push(message(1_000).subarray(n, n + 1));
    expect(incoming.bytes).toBe(3 * (1 + 256));
  });

  it('are 256 and eight times the bytes of a single request, until the call ends', async () => {
    open(false);
    await send(message(10));
    expect(incoming.bytes).toBe(8 * 15 + 256);
    incoming.settle();
    expect(incoming.bytes).toBe(8 * 15 + 256);
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(incoming.bytes).toBe(0);
  });

  it('are the bytes and 256 of each message of a stream, until the handler has read it', async () => {
    open(true);
    readQueue.push({ type: 'READABLE' });
    await send(message(10));
    expect(incoming.bytes).toBe(15 + 256);
    incoming.settle();
    expect(incoming.bytes).toBe(15 + 256);
    readQueue.pop();
    incoming.settle();
    expect(incoming.bytes).toBe(0);
  });

  it('are, for a compressed message, the permitted size beside its bytes', async () => {
    open(true);
    readQueue.push({ type: 'COMPRESSED' });
    await send(message(10, 1));
    expect(incoming.bytes).toBe(15 + 256 + 64 * kibibyte);
    for (let n = 0; n < 3; n++) {
      readQueue.push({ type: 'COMPRESSED' });
      stream.push(message(10, 1));
    }
    stream.resume();
    await new Promise(setImmediate);
    expect(refused.map(({ reason }) => reason)).toEqual(['RESOURCE_EXHAUSTED']);
    expect(statuses).toHaveLength(1);
    expect(incoming.bytes).toBe(0);
  });

  it.each([
    ['a small part of what was read from a connection, which is copied', 100, true],
    ['most of it, which is not', 40 * kibibyte, false],
  ])('does not retain other bytes: %s', (_, length, isCopied) => {
    open(true);
    const memory = Buffer.allocUnsafeSlow(64 * kibibyte);
    stream.push(memory.subarray(1_000, 1_000 + length).fill(7));
    const chunk = stream.read() as Buffer;
    expect(chunk.equals(Buffer.alloc(length, 7))).toBe(true);
    expect(chunk.buffer === memory.buffer).toBe(!isCopied);
    expect(chunk.buffer.byteLength).toBe(isCopied ? length : 64 * kibibyte);
  });
});
