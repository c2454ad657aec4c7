// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Server, Transport, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { GivcError, type Address } from '@givc/model';
import type { Vsock } from '@givc/vsock';
import type { ServiceName } from '../contract.js';
import type { CallChain } from './call-chain.js';
import { HandlerRuns } from './handler-runs.js';
import { serverLimits, type ServerLimits } from './limits.js';
import { handledRpcs } from './nest-handlers.js';
import { rpcsOf } from './server-rpc.js';
import type { ServerTransport } from './server-transport.js';
import { SocketTransport, type SocketTransportOptions } from './socket-transport.js';

/** The services that every server has beside its own. */
const standardServices: readonly ServiceName[] = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

/** Where a server listens, with which identity, and its services. */
export interface GrpcServerOptions extends SocketTransportOptions {
  /** The services beside health and reflection, which every server has. */
  readonly services: readonly ServiceName[];
  /** Used instead of sockets at the addresses. */
  readonly transport?: ServerTransport;
}

/**
 * gRPC for the handlers of Nest, on any number of addresses, all with the same services and the same mutual TLS. An rpc
 * without a handler answers UNIMPLEMENTED. No connection is accepted before every handler is in place, and the chain
 * that precedes them.
 */
export class GrpcServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.GRPC;
  readonly services: readonly ServiceName[];
  /** Precedes every handler; a server without it does not listen. */
  chain: CallChain | undefined;
  /** Resolves once every address is open. */
  readonly listening: Promise<void>;
  #isListening!: () => void;
  #isClosing = false;
  #transport: ServerTransport | undefined;
  #runs: HandlerRuns | undefined;
  #addresses: readonly Address[] = [];
  #handledPaths: readonly string[] = [];

  constructor(private readonly settings: GrpcServerOptions) {
    super();
    this.services = [...settings.services, ...standardServices];
    this.listening = new Promise((resolve) => (this.#isListening = resolve));
  }

  /** The vsock implementation of this server and of its daemon's client; the kernel's by default. */
  get vsock(): Vsock | undefined {
    return this.settings.vsock;
  }

  get limits(): ServerLimits {
    return { ...serverLimits, ...this.settings.limits };
  }

  /** The addresses, in the order of the options, with the actual ports. */
  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  /** The number of open connections. */
  async connections(): Promise<number> {
    return (await this.#transport?.connections()) ?? 0;
  }

  /** Whether `close` was called: calls that are open then end because of this server, not of their callers. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** The paths of the rpcs that have a handler, once it listens. */
  get handledPaths(): readonly string[] {
    return this.#handledPaths;
  }

  /** Called by Nest for each handler. The pattern of a gRPC handler is an object, so its JSON is the key. */
  override addHandler(pattern: unknown, handler: MessageHandler): void {
    this.messageHandlers.set(JSON.stringify(pattern), handler);
  }

  /** Opens every address once the handlers are in place; Nest calls it. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const { chain } = this;
      if (!chain) throw new GivcError('INTERNAL', 'this server has no guards: import AccessModule');
      this.#runs = new HandlerRuns(chain, this.logger);
      const rpcs = handledRpcs(this.services.flatMap(rpcsOf), this.messageHandlers, this.#runs);
      this.#handledPaths = rpcs.map(({ path }) => path);
      this.#transport = this.settings.transport ?? new SocketTransport(this.settings, () => chain.gate);
      this.#addresses = await this.#transport.open(new Map(rpcs.map((rpc) => [rpc.path, rpc])));
      this.#isListening();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Open calls end with UNAVAILABLE and the info `SERVER_CLOSING`; open connections are closed after 150 ms. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const transport = this.#transport;
    if (!transport) return;
    this.#transport = undefined;
    const info = { reason: 'SERVER_CLOSING' };
    this.#runs?.close(new GivcError('UNAVAILABLE', 'the server is shutting down', { info }));
    await transport.close();
  }

  /** Required by Nest's interface; only transports with a broker have a client. */
  on(): never {
    throw new Error('a server of gRPC has no events');
  }

  /** Required by Nest's interface, like `on`. */
  unwrap(): never {
    throw new Error('a server of gRPC has no client');
  }
}
