// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pauseReading, resumeReading } from './session-reading.js';

describe('reading from a connection of HTTP/2', () => {
  it('is stopped and resumed', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const open = async () => {
      const opened = once(server, 'session');
      const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const settled = once(client, 'remoteSettings');
      const [session] = (await opened) as [ServerHttp2Session];
      await settled;
      return { client, session };
    };
    const [stopped, other] = [await open(), await open()];
    const streams: string[] = [];
    const both = new Promise<void>((resolve) =>
      server.on('stream', (stream, headers) => {
        streams.push(headers[':path']!);
        stream.respond({}, { endStream: true });
        if (streams.length === 2) resolve();
        else resumeReading(stopped.session);
      }),
    );
    pauseReading(stopped.session);
    stopped.client.request({ ':path': '/first' }).resume();
    await new Promise((resolve) => setImmediate(resolve));
    other.client.request({ ':path': '/second' }).resume();
    await both;
    expect(streams).toEqual(['/second', '/first']);
    stopped.client.destroy();
    other.client.destroy();
    server.close();
  });

  it('is neither stopped nor resumed once the connection has ended', () => {
    const handle = { readStop: jest.fn(), readStart: jest.fn() };
    for (const socket of [{ _handle: handle }, undefined]) {
      const ended = { destroyed: true, socket } as unknown as ServerHttp2Session;
      expect(() => [pauseReading(ended), resumeReading(ended)]).not.toThrow();
    }
    expect([handle.readStop, handle.readStart].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });
});
