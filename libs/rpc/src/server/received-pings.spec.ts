// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Session, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { ReceivedPings } from './received-pings.js';

/** The preface of HTTP/2 and empty settings (RFC 9113, 3.4), and a PING (6.7). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0', 'latin1');
const pingFrame = Buffer.from('\0\0\u0008\u0006\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');

describe('the PING frames that a server receives', () => {
  let server: Http2Server;
  let port: number;
  let client: ClientHttp2Session;
  let session: ServerHttp2Session;
  let pings: ReceivedPings;

  const accepted = async (connecting: () => unknown) => {
    const opened = once(server, 'session');
    connecting();
    const [found] = (await opened) as [ServerHttp2Session];
    return found.on('error', () => undefined);
  };

  beforeEach(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
    session = await accepted(() => (client = connect(`http://127.0.0.1:${port}`)));
    pings = new ReceivedPings(session);
    await once(client, 'remoteSettings');
  });
  afterEach(() => {
    client.destroy();
    session.destroy();
    server.close();
  });

  const ping = () => new Promise<void>((resolve) => void client.ping(() => resolve()));

  it('are passed to each listener until it is removed, and to Node only while there is one', async () => {
    const events: string[] = [];
    await ping();
    const remove = pings.add(() => events.push('first'));
    pings.add(() => events.push('second'));
    await ping();
    expect(events).toEqual(['first', 'second']);
    remove();
    await ping();
    expect(events).toEqual(['first', 'second', 'second']);
  });

  it('have no listener of Node when the last listener is gone', async () => {
    pings.add(() => undefined)();
    await ping();
    await ping();
    expect(session.listenerCount('ping')).toBe(0);
    let count = 0;
    pings.add(() => count++);
    await ping();
    expect(count).toBe(1);
  });

  it('are one event when many arrive together, and all are acknowledged', async () => {
    const socket = connectTcp(port, '127.0.0.1');
    const flooded = await accepted(() => socket.write(preface));
    let events = 0;
    new ReceivedPings(flooded).add(() => events++);
    const many = 900;
    let acknowledged = 0;
    let received = Buffer.alloc(0);
    const all = new Promise<void>((resolve) =>
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        for (let head = received; head.length >= 9; head = received) {
          const end = 9 + head.readUIntBE(0, 3);
          if (head.length < end) return;
          if (head[3] === pingFrame[3] && ++acknowledged === many) resolve();
          received = head.subarray(end);
        }
      }),
    );
    socket.write(Buffer.concat(Array<Buffer>(many).fill(pingFrame)));
    await all;
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(many / 10);
    socket.destroy();
  });
});
