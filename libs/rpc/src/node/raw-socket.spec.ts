// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { rawSocketOf } from './raw-socket.js';

describe('the socket below a TLS socket whose handshake has failed', () => {
  it('still has the address of the peer', async () => {
    const tls = createTlsServer();
    const tcp = createServer((socket) => tls.emit('connection', socket));
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    const address = new Promise((resolve) =>
      tls.once('tlsClientError', (_, socket) => resolve(rawSocketOf(socket)?.remoteAddress)),
    );
    const client = connect((tcp.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    client.end('no TLS at all');
    expect(await address).toBe('127.0.0.1');
    client.destroy();
    tcp.close();
  });
});
