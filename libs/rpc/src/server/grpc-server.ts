import {
  logVerbosity,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { ServerGrpc, type CustomTransportStrategy } from '@nestjs/microservices';
import { Subject } from 'rxjs';
import { GivcError, type Address } from '@givc/model';
import type { ServiceName } from '../contract.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { setWindows } from './flow-control.js';
import { ignoreGoneStreams } from './gone-streams.js';
import { observing, type CallObserver } from './call-observer.js';
import { listenAt, type Listener } from './listener.js';
import { packageName, serviceDefinition } from './package-definition.js';

/** What every server of ours serves besides its own services. */
const standardServices: readonly ServiceName[] = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

const drainMs = 150;
/** For callers that are gone without a word; of agents heartbeats tell sooner. Each ping wakes both sides. */
const [keepaliveMs, keepaliveTimeoutMs] = [30_000, 15_000];

export interface GrpcServerOptions {
  readonly listen: readonly Address[];
  readonly tls: TlsIdentity | undefined;
  readonly services: readonly ServiceName[];
  readonly observer?: CallObserver | undefined;
  /** How many bytes a call may have on their way to its handler, 64 KiB unless said. */
  readonly windowBytes?: number;
  /** How often a connection is pinged, and how long its answer may take; 30 s and 15 s unless said. */
  readonly keepalive?: { readonly everyMs: number; readonly answerMs: number };
}

type UnaryCall = ServerUnaryCall<unknown, unknown>;
type UnaryHandler = (request: unknown, metadata: Metadata, call: UnaryCall) => Promise<unknown>;
type UnaryMethod = (call: UnaryCall, callback: (error: unknown, answer?: unknown) => void) => Promise<void>;

/**
 * Nest's gRPC transport on any number of addresses, all with the same services and the same mutual TLS.
 * An rpc without a handler answers UNIMPLEMENTED. Nothing is accepted before every handler is in place.
 */
export class GrpcServer extends ServerGrpc implements CustomTransportStrategy {
  readonly services: readonly ServiceName[];
  /** Fails, once, when the server closes: whatever is open ends with this error. */
  readonly closing = new Subject<never>();
  /** Resolves once every address is open. */
  readonly listening: Promise<void>;
  #isListening!: () => void;
  readonly #listeners: Listener[] = [];
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

  /** Where it listens, in the order of the options, with real ports. */
  get addresses(): readonly Address[] {
    return this.#listeners.map((listener) => listener.address);
  }

  /** How many connections are open now. */
  async connections(): Promise<number> {
    const open = await Promise.all(this.#listeners.map((listener) => listener.connections()));
    return open.reduce((sum, one) => sum + one, 0);
  }

  /** The paths of the rpcs that have a handler, once it listens. */
  get handledPaths(): readonly string[] {
    return this.#handledPaths;
  }

  /** Nest's own, which knows which rpcs found a handler. */
  override async createService(
    service: { readonly prototype: Record<string, { readonly path: string }> },
    name: string,
  ) {
    const handlers = await super.createService(service, name);
    for (const rpc of Object.keys(handlers)) this.#handledPaths.push(service.prototype[rpc]!.path);
    return handlers;
  }

  /** Nest's own copies the call for hooks, of which there are none here. */
  override createUnaryServiceMethod(handler: UnaryHandler): UnaryMethod {
    return async (call, callback) => {
      const answer = this.transformToObservable(await handler(call.request, call.metadata, call));
      answer.subscribe({ next: (data) => callback(null, data), error: (error) => callback(error) });
    };
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    // grpc-js would write what callers send to stderr, line for line.
    setLogVerbosity(logVerbosity.NONE);
    try {
      this.grpcClient = new Server({
        'grpc.enable_channelz': 0,
        'grpc.max_concurrent_streams': 4096,
        // Of a peer that breaks the rules of HTTP/2, Node (20) takes its leave by GOAWAY, reads no more and keeps the
        // socket for ever, also when the peer has long closed it. A ping without an answer ends that.
        'grpc.keepalive_time_ms': this.settings.keepalive?.everyMs ?? keepaliveMs,
        'grpc.keepalive_timeout_ms': this.settings.keepalive?.answerMs ?? keepaliveTimeoutMs,
        interceptors: this.settings.observer ? [observing(this.settings.observer)] : [],
      });
      ignoreGoneStreams(this.grpcClient as Server);
      if (this.settings.windowBytes) setWindows(this.grpcClient as Server, this.settings.windowBytes);
      await this.start(() => undefined);
      // TLS is over when a connection arrives here, so for grpc-js it is one without.
      const injector = (this.grpcClient as Server).createConnectionInjector(ServerCredentials.createInsecure());
      for (const address of this.settings.listen)
        this.#listeners.push(
          await listenAt(address, this.settings.tls, (socket) => {
            // Whose handshake ends after the server would be kept by nobody, and for ever.
            if (this.grpcClient) injector.injectConnection(socket);
            else socket.destroy();
          }),
        );
      this.#isListening();
      callback();
    } catch (error) {
      this.#closeListeners();
      callback(error);
    }
  }

  /** Open calls end with UNAVAILABLE; what has not gone after 150 ms is cut. */
  override async close(): Promise<void> {
    const server = this.grpcClient as Server | null;
    if (!server) return;
    this.grpcClient = null;
    this.#closeListeners();
    this.closing.error(new GivcError('UNAVAILABLE', 'the server is shutting down'));
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        server.forceShutdown();
        resolve();
      }, drainMs);
      server.tryShutdown(() => {
        clearTimeout(cut);
        resolve();
      });
    });
  }

  #closeListeners(): void {
    for (const listener of this.#listeners) listener.close();
  }
}
