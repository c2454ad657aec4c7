// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Address } from '@givc/model';

/**
 * The address of this machine from which it calls the peer; undefined where the transport has none, or the peer has no
 * IP address. Nothing is sent: a connected datagram socket only has a route (udp(7)).
 */
export async function localAddress(peer: Address): Promise<Address | undefined> {
  if (peer.protocol !== 'tcp' || !isIP(peer.host)) return undefined;
  const socket = createSocket(isIP(peer.host) === 6 ? 'udp6' : 'udp4');
  try {
    const failed = once(socket, 'error').then(() => undefined);
    const connected = once(socket, 'connect').then(() => socket.address());
    socket.connect(peer.port, peer.host);
    const own = await Promise.race([connected, failed]);
    return own && { protocol: 'tcp', host: own.address, port: 0 };
  } finally {
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.close();
  }
}
