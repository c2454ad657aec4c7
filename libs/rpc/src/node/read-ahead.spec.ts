// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { limitReadAhead } from './read-ahead.js';

describe('what a stream reads ahead of its reader', () => {
  it.each([1, 3])('is limited to %d messages', async (messages) => {
    let count = 0;
    const stream = new Readable({ objectMode: true, read: () => setImmediate(() => stream.push(++count)) });
    limitReadAhead(stream, messages);
    expect(stream.readableHighWaterMark).toBe(messages);
    stream.on('data', () => stream.pause());
    await new Promise((resolve) => stream.once('pause', resolve));
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    expect([count, stream.readableLength]).toEqual([1 + messages, messages]);
    stream.destroy();
  });

  it('is 16 messages by default in a stream of Node, so the limit is still needed', () => {
    expect(new Readable({ objectMode: true }).readableHighWaterMark).toBe(16);
  });
});
