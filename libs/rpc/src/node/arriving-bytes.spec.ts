// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { onArrival, ownBytes } from './arriving-bytes.js';

describe('the bytes that arrive in a stream', () => {
  it('are counted before anything reads them', () => {
    const stream = new Duplex({ read: () => undefined });
    const arrived: number[] = [];
    onArrival(stream, (bytes) => arrived.push(bytes));
    for (const length of [1, 2, 3]) stream.push(Buffer.alloc(length));
    stream.push(null);
    expect(arrived).toEqual([1, 2, 3]);
    expect(stream.readableLength).toBe(6);
  });

  it('are counted while a stream of HTTP/2 is paused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let arrived = 0;
    const all = new Promise<void>((resolve) =>
      server.on('stream', (stream: ServerHttp2Stream) => {
        onArrival(stream, (bytes) => {
          arrived += bytes;
          if (arrived === 30_000) resolve();
        });
        stream.on('error', () => undefined).pause();
      }),
    );
    const request = client.request({ ':method': 'POST' }).on('error', () => undefined);
    request.write(Buffer.alloc(30_000));
    await all;
    client.destroy();
    server.close();
  });
});

describe('the bytes that are kept', () => {
  it.each([
    ['a small part of what was read from a connection, which is copied', 100, true],
    ['most of it, which is not', 40 * 1024, false],
  ])('do not retain other ones: %s', (_, length, isCopied) => {
    const memory = Buffer.allocUnsafeSlow(64 * 1024);
    const own = ownBytes(memory.subarray(1_000, 1_000 + length).fill(7));
    expect(own.equals(Buffer.alloc(length, 7))).toBe(true);
    expect(own.buffer === memory.buffer).toBe(!isCopied);
    expect(own.buffer.byteLength).toBe(isCopied ? length : 64 * 1024);
  });
});
