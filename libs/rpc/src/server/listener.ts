// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { GivcError, formatAddress, messageOf, type Address } from '@givc/model';
import { KernelVsock, type Vsock } from '@givc/vsock';
import { rawSocketOf } from '../node/raw-socket.js';
import { keepCertificate } from '../tls/kept-certificate.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { type HalfOpenConnections } from './half-open-connections.js';
import type { ServerLimits } from './limits.js';
import { certificateKey, networkOf } from './peer-key.js';

/** An open socket of the server; `address` has the actual port. */
export interface Listener {
  readonly address: Address;
  /** The number of open connections. */
  connections(): Promise<number>;
  close(): void;
}

/** Removes the socket file of a server that has ended; FAILED_PRECONDITION when the server is alive. */
export async function removeStaleSocket(path: string): Promise<void> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const probe = connect(path);
  try {
    await once(probe, 'connect');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') unlinkSync(path);
    return;
  } finally {
    probe.destroy();
  }
  throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${path}: another process already does`);
}

const tcpOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 };

/** OpenSSL's error of the handshake; undefined when the peer just disconnected. */
const problemOf = (error: NodeJS.ErrnoException, { authorizationError }: TLSSocket): string | undefined => {
  if (authorizationError) return `its certificate is rejected: ${String(authorizationError)}`;
  return error.code?.startsWith('ERR_SSL_') ? `TLS handshake: ${error.code}` : undefined;
};

/**
 * Hands over a connection that may speak HTTP/2, or the protocol of its `alpnProtocol`, and its peer for counting;
 * undefined on a unix socket.
 */
export type OnConnection = (socket: Socket, peer: string | undefined) => void;

/**
 * Mutual TLS, 1.3 only: a caller without a certificate of the authority is rejected in the handshake. Pending
 * handshakes are counted by address, and connections by the name in their certificate, with separate limits.
 */
function createMutualTlsServer(
  identity: TlsIdentity,
  limits: ServerLimits,
  handshakes: HalfOpenConnections,
  onConnection: OnConnection,
  protocols: readonly string[],
): Server {
  const { handshakeMs, connections, connectionsOfPeer } = limits;
  const open = new Map<string, number>();
  let total = 0;
  const server = createTlsServer({
    ...tcpOptions,
    ...identity.serverOptions,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: [...protocols],
    handshakeTimeout: handshakeMs,
  });
  server.on('connection', (socket: Socket) => {
    // Before TLS costs anything.
    if (total >= connections) socket.destroy();
    else if (socket.remoteAddress !== undefined) handshakes.begin(socket, networkOf(socket.remoteAddress));
  });
  server.on('secureConnection', (socket) => {
    handshakes.end(socket);
    if (total >= connections) return void socket.destroy();
    keepCertificate(socket);
    const peer = certificateKey(socket.getPeerCertificate());
    const ofPeer = (open.get(peer) ?? 0) + 1;
    // The rule of `ServerLimits`.
    if (ofPeer > Math.min(connectionsOfPeer, connections - total))
      return identity.reject(socket, `it has ${ofPeer - 1} connections already`);
    if (identity.accept(socket) !== undefined) return;
    total++;
    open.set(peer, ofPeer);
    socket.once('close', () => {
      total--;
      const left = open.get(peer)! - 1;
      if (left === 0) open.delete(peer);
      else open.set(peer, left);
    });
    onConnection(socket, peer);
  });
  server.on('tlsClientError', (error, socket) => {
    const problem = problemOf(error, socket);
    if (problem !== undefined) identity.handshakeFailed(rawSocketOf(socket)?.remoteAddress, problem);
    // Node only reports a handshake that takes too long (tls.createServer), and leaves its socket open.
    socket.destroy();
  });
  const stop = identity.onNewCertificate(() => server.setSecureContext(identity.serverOptions));
  server.once('close', stop);
  return server;
}

/** The same without TLS. */
function createPlainServer({ connections }: ServerLimits, onConnection: OnConnection): Server {
  const server = createTcpServer(tcpOptions, (socket) =>
    onConnection(socket, socket.remoteAddress === undefined ? undefined : networkOf(socket.remoteAddress)),
  );
  server.maxConnections = connections;
  return server;
}

function open(server: Server, address: Exclude<Address, { protocol: 'vsock' }>): void {
  switch (address.protocol) {
    case 'tcp':
      server.listen({ host: address.host, port: address.port, backlog: 511 });
      return;
    case 'unix': {
      const umask = process.umask(0o117);
      try {
        server.listen(address.path);
      } finally {
        process.umask(umask);
      }
      return;
    }
    case 'abstract':
      server.listen(`\0${address.path}`);
      return;
  }
}

/**
 * Listens at an address, and resolves with the actual one (port 0 and the wildcard of vsock are replaced). A unix
 * socket has mode 0660, replaces the file of a server that has ended, and is removed at close. Rejects with
 * FAILED_PRECONDITION, which names the address and the reason of the system.
 */
export async function openAt(server: Server, address: Address, vsock: Vsock = new KernelVsock()): Promise<Address> {
  if (address.protocol === 'vsock') return { ...address, port: (await vsock.listen(server, address)).port };
  if (address.protocol === 'unix') await removeStaleSocket(address.path);
  try {
    open(server, address);
    await once(server, 'listening');
  } catch (error) {
    throw new GivcError('FAILED_PRECONDITION', `cannot listen on ${formatAddress(address)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return address.protocol === 'tcp' ? { ...address, port: (server.address() as AddressInfo).port } : address;
}

/**
 * Accepts connections at an address, as `openAt` does, and passes them on once they may speak HTTP/2. With TLS that is
 * after the handshake, in which `protocols` are offered in order of preference.
 */
export async function listenAt(
  address: Address,
  identity: TlsIdentity | undefined,
  limits: ServerLimits,
  handshakes: HalfOpenConnections,
  onConnection: OnConnection,
  vsock?: Vsock,
  protocols: readonly string[] = ['h2'],
): Promise<Listener> {
  const server = identity
    ? createMutualTlsServer(identity, limits, handshakes, onConnection, protocols)
    : createPlainServer(limits, onConnection);
  return {
    address: await openAt(server, address, vsock),
    connections: promisify(server.getConnections.bind(server)),
    close: () => void server.close(),
  };
}
