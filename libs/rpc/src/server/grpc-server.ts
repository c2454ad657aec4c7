// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { ServerGrpc, type CustomTransportStrategy } from '@nestjs/microservices';
import { Subject } from 'rxjs';
import { GivcError, type Address } from '@givc/model';
import type { Vsock } from '@givc/vsock';
import type { ServiceName } from '../contract.js';
import type { CallGate } from './call-gate.js';
import { serverLimits, type ServerLimits } from './limits.js';
import { packageName, serviceDefinition } from './package-definition.js';
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

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type UnaryHandler = (request: unknown, metadata: Metadata, call: UnaryCall) => Promise<unknown>;
type UnaryMethod = (call: UnaryCall, callback: (error: unknown, answer?: unknown) => void) => Promise<void>;

/**
 * Nest's gRPC transport on any number of addresses, all with the same services and the same mutual TLS. An rpc without
 * a handler answers UNIMPLEMENTED. No connection is accepted before every handler is in place.
 */
export class GrpcServer extends ServerGrpc implements CustomTransportStrategy {
  readonly services: readonly ServiceName[];
  /** Fails, once, when the server closes; open calls end with this error. */
  readonly closing = new Subject<never>();
  /** Decides about each call when it opens, from the first call on. */
  gate: CallGate | undefined;
  /** Resolves once every address is open. */
  readonly listening: Promise<void>;
  #isListening!: () => void;
  #transport: ServerTransport | undefined;
  #addresses: readonly Address[] = [];
  readonly #handledPaths: string[] = [];

  constructor(private readonly settings: GrpcServerOptions) {
    const all = [...settings.services, ...standardServices];
    super({
      package: [...new Set(all.map(packageName))],
      packageDefinition: Object.fromEntries(all.map((name) => [name, serviceDefinition(name)])),
    });
    this.services = all;
    this.listening = new Promise((resolve) => (this.#isListening = resolve));
  }

  /** By what it listens on vsock, and its daemon dials; the kernel's unless the options say otherwise. */
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

  /** The paths of the rpcs that have a handler, once it listens. */
  get handledPaths(): readonly string[] {
    return this.#handledPaths;
  }

  /** Nest's own server, which knows which rpcs have a handler. */
  override async createService(
    service: { readonly prototype: Record<string, { readonly path: string }> },
    name: string,
  ) {
    const handlers = await super.createService(service, name);
    for (const rpc of Object.keys(handlers)) this.#handledPaths.push(service.prototype[rpc]!.path);
    return handlers;
  }

  /** Nest's own method copies the call for hooks, of which there are none here. */
  override createUnaryServiceMethod(handler: UnaryHandler): UnaryMethod {
    return async (call, callback) => {
      const answer = this.transformToObservable(await handler(call.request, call.metadata, call));
      answer.subscribe({ next: (data) => callback(null, data), error: (error) => callback(error) });
    };
  }

  /** Opens every address once the handlers are in place; Nest calls it. */
  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const transport = this.settings.transport ?? new SocketTransport(this.settings, () => this.gate);
      this.#transport = transport;
      // The object that Nest adds the handlers to.
      this.grpcClient = transport;
      await this.start(() => undefined);
      this.#addresses = await transport.open();
      this.#isListening();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Open calls end with UNAVAILABLE and the info `SERVER_CLOSING`; connections that are left after 150 ms are cut. */
  override async close(): Promise<void> {
    const transport = this.#transport;
    if (!transport) return;
    this.#transport = undefined;
    const info = { reason: 'SERVER_CLOSING' };
    this.closing.error(new GivcError('UNAVAILABLE', 'the server is shutting down', { info }));
    await transport.close();
  }
}
