// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { listenBeside } from '@givc/daemon';
import type { Log } from '@givc/log';
import type { Address } from '@givc/model';
import { GrpcServer, RpcModule, serverLimits } from '@givc/rpc';
import type { Vsock } from '@givc/vsock';
import { ServedSocket } from './served-socket.js';
import { SocketProxyController } from './socket-proxy.controller.js';
import { windowBytes } from './transfer-call.js';

/** A peer that was cut off is noticed within 10 s. */
const keepalive = { everyMs: 3_000, answerMs: 4_000 };

/**
 * For 256 connections of the one peer that are not read: a message of 64 KiB for each, and its part of the window, of
 * which earlier connections have more.
 */
const unread = { undeliveredBytesOfPeer: 32 * 1024 * 1024, unreadBytesOfPeer: 32 * 1024 * 1024 };

@Module({})
class SocketServerModule {
  static register(served: ServedSocket, access: Access, server: GrpcServer, log: Log): DynamicModule {
    return {
      module: SocketServerModule,
      imports: [AccessModule.forListener(access), RpcModule.forServer(server, log)],
      controllers: [SocketProxyController],
      providers: [{ provide: ServedSocket, useValue: served }],
    };
  }
}

/** A listener for the connections of one other agent to one socket of this machine. */
export interface SocketServer {
  readonly address: Address;
  /** Connections end within 0.2 s. */
  close(): Promise<void>;
}

/** Rejects with FAILED_PRECONDITION when it cannot listen. */
export async function serveSocket(
  served: ServedSocket,
  address: Address,
  access: Access,
  log: Log,
  vsock?: Vsock,
): Promise<SocketServer> {
  const services = ['socketproxy.SocketStream'] as const;
  // Each socket may have a connection of its own, beside those of calls.
  const connectionsOfPeer = serverLimits.connectionsOfPeer + served.maxConnections;
  const server = new GrpcServer({
    ...{ listen: [address], tls: access.identity, services, vsock },
    ...{ windowBytes, keepalive, limits: { ...unread, connectionsOfPeer } },
  });
  const listener = await listenBeside(SocketServerModule.register(served, access, server, log), server, log);
  return { address: server.addresses[0]!, close: () => listener.close() };
}
