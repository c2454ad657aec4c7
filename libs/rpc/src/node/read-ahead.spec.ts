// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { Client, credentials } from '@grpc/grpc-js';
import { limitReadAhead } from './read-ahead.js';

describe('what a stream reads ahead of its reader', () => {
  it.each([1, 3])('is so many messages: %d', async (messages) => {
    let count = 0;
    const stream = new Readable({ objectMode: true, read: () => setImmediate(() => stream.push(++count)) });
    limitReadAhead(stream, messages);
    expect(stream.readableHighWaterMark).toBe(messages);
    stream.on('data', () => stream.pause());
    await new Promise((resolve) => stream.once('pause', resolve));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([count, stream.readableLength]).toEqual([1 + messages, messages]);
    stream.destroy();
  });

  it('is still 16 messages in a call of grpc-js, so that this is needed', () => {
    const client = new Client('127.0.0.1:1', credentials.createInsecure());
    const bytes = (value: Buffer) => value;
    const call = client.makeBidiStreamRequest('/a.B/C', bytes, bytes).on('error', () => undefined);
    expect(call.readableHighWaterMark).toBe(16);
    call.cancel();
    client.close();
  });
});
