// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import type { Address } from '@givc/model';
import { Metadata, serveCall, status, type HandledRpc, type ServerTransport } from '@givc/rpc';
import type { SimulatedProcess } from '../time/simulated-process.js';
import type { Connection, ConnectionEnd } from './connection.js';
import type { Frame } from './frames.js';
import type { Interface } from './interface.js';
import type { Listener, Network } from './network.js';
import { ServerCall } from './server-call.js';

const drainMs = 150;
/** The intervals of `SocketTransport`. */
const [keepaliveMs, keepaliveTimeoutMs] = [30_000, 15_000];

export interface SimulatedServerOptions {
  readonly address: Address;
  readonly window: number;
  certificateOf(ip: string): PeerCertificate;
}

/** Passes the calls that arrive over the network of the simulation to the handlers of a server. */
export class SimulatedServer implements ServerTransport, Listener {
  #rpcs: ReadonlyMap<string, HandledRpc> = new Map();
  readonly #connections = new Set<ServerConnection>();
  #drained: () => void = () => undefined;

  constructor(
    private readonly network: Network,
    readonly process: SimulatedProcess,
    readonly at: Interface,
    readonly options: SimulatedServerOptions,
  ) {}

  open(rpcs: ReadonlyMap<string, HandledRpc>): Promise<readonly Address[]> {
    this.#rpcs = rpcs;
    this.network.listen(this.options.address, this);
    return Promise.resolve([this.options.address]);
  }

  connections(): Promise<number> {
    return Promise.resolve(this.#connections.size);
  }

  async close(): Promise<void> {
    this.network.unlisten(this.options.address, this);
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        for (const connection of [...this.#connections]) connection.cut();
      }, drainMs);
      this.#drained = () => {
        clearTimeout(cut);
        resolve();
      };
    });
  }

  /** Ends the calls of an rpc from this address, as HTTP/2 resets a stream. */
  resetCalls(path: string, ip: string): void {
    for (const connection of [...this.#connections]) if (connection.ip === ip) connection.reset(path);
  }

  accept(connection: Connection): ConnectionEnd {
    const accepted: ServerConnection = new ServerConnection(this, connection, () => {
      this.#connections.delete(accepted);
      if (this.#connections.size === 0) this.#drained();
    });
    this.#connections.add(accepted);
    return accepted;
  }

  find(path: string): HandledRpc | undefined {
    return this.#rpcs.get(path);
  }
}

/** A connection of a caller, with the calls that are open on it. */
class ServerConnection implements ConnectionEnd {
  readonly #calls = new Map<number, ServerCall>();
  #isDraining = false;
  #isClosed = false;
  #ping: NodeJS.Timeout;
  #isPonged = true;
  /** Each connection has its own certificate object. */
  readonly #certificate: PeerCertificate;

  constructor(
    private readonly server: SimulatedServer,
    private readonly connection: Connection,
    private readonly onClosed: () => void,
  ) {
    this.#ping = setTimeout(() => this.#sendPing(), keepaliveMs);
    this.#certificate = server.options.certificateOf(connection.client.at.ip);
  }

  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'hello':
        return this.connection.send('server', { kind: 'welcome' });
      case 'ping':
        this.connection.send('server', { kind: 'pong' });
        for (const call of [...this.#calls.values()]) call.pinged();
        return;
      case 'pong':
        this.#isPonged = true;
        return;
      case 'call':
        return this.#begin(frame);
      case 'message':
      case 'window':
      case 'end':
      case 'reset':
        return this.#calls.get(frame.call)?.receive(frame);
      default:
        throw new Error(`a server is sent ${frame.kind}`);
    }
  }

  closed(): void {
    this.#leave();
  }

  /** The address of the caller. */
  get ip(): string {
    return this.connection.client.at.ip;
  }

  reset(path: string): void {
    for (const [id, call] of [...this.#calls])
      if (call.getPath() === path) {
        this.connection.send('server', { kind: 'reset', call: id });
        call.cancel();
      }
  }

  /** Accepts no more calls, and closes after the last. */
  drain(): void {
    this.#isDraining = true;
    this.connection.send('server', { kind: 'goaway' });
    this.#closeIfDrained();
  }

  cut(): void {
    this.connection.close('server');
    this.#leave();
  }

  #begin({ call: id, path, metadata, timeoutMs }: Frame & { readonly kind: 'call' }): void {
    const rpc = this.server.find(path);
    if (!rpc || this.#isDraining) {
      const [code, details] = this.#isDraining
        ? [status.UNAVAILABLE, 'Stream refused by server']
        : [status.UNIMPLEMENTED, `The server does not implement the method ${path}`];
      this.connection.send('server', { kind: 'status', call: id, code, details, metadata: new Metadata() });
      return;
    }
    const carrier = {
      peer: `${this.connection.client.at.ip}:${this.connection.port}`,
      certificate: this.#certificate,
      host: this.server.at.name,
      window: this.server.options.window,
      send: (frame: Frame) => this.connection.send('server', frame),
      ended: (ended: number) => {
        this.#calls.delete(ended);
        this.#closeIfDrained();
      },
    };
    const call = new ServerCall(rpc, carrier, id, metadata, timeoutMs);
    this.#calls.set(id, call);
    call.start(serveCall(rpc, call));
  }

  #closeIfDrained(): void {
    if (this.#isDraining && this.#calls.size === 0) this.cut();
  }

  #sendPing(): void {
    this.#isPonged = false;
    this.connection.send('server', { kind: 'ping' });
    this.#ping = setTimeout(() => {
      if (!this.#isPonged) return this.cut();
      this.#ping = setTimeout(() => this.#sendPing(), keepaliveMs - keepaliveTimeoutMs);
    }, keepaliveTimeoutMs);
  }

  #leave(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#ping);
    for (const call of [...this.#calls.values()]) call.cancel();
    this.onClosed();
  }
}
