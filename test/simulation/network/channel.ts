// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connectivityState, status, type ChannelInterface } from '@grpc/grpc-js';
import type { Endpoint } from '@givc/model';
import { Dialer, type DialOptions } from '@givc/rpc';
import type { SimulatedProcess } from '../time/simulated-process.js';
import { ClientCall } from './client-call.js';
import type { Connection } from './connection.js';
import type { Frame } from './frames.js';
import type { Interface } from './interface.js';
import type { Network } from './network.js';

const [firstBackoffMs, longestBackoffMs, backoffFactor] = [100, 1_000, 1.6];
/** The time limit of grpc-js for an attempt to connect. */
const attemptMs = 20_000;

/** Observes the first message of each call; returns a function that is called when the call has ended. */
export type CallTap = (path: string, bytes: Buffer) => () => void;

/** Connects over the network of the simulation. */
export class SimulatedDialer extends Dialer {
  constructor(
    private readonly network: Network,
    private readonly process: SimulatedProcess,
    private readonly at: Interface,
    private readonly window: number,
    private readonly tap: CallTap = () => () => undefined,
  ) {
    super();
  }

  dial(endpoint: Endpoint, options: DialOptions): ChannelInterface {
    return new Channel(this.network, this.process, this.at, this.window, this.tap, endpoint, options);
  }
}

/**
 * A channel with the states of grpc-js's `pick_first`: it stays in TRANSIENT_FAILURE while it tries again, and is IDLE
 * after a connection has ended (https://github.com/grpc/grpc/blob/master/doc/connectivity-semantics-and-api.md).
 */
class Channel implements ChannelInterface {
  #state = connectivityState.IDLE;
  #watchers: { readonly known: connectivityState; readonly changed: () => void }[] = [];
  readonly #waiting = new Set<ClientCall>();
  readonly #open = new Map<number, { readonly call: ClientCall; readonly connection: Connection }>();
  /** The connection for new calls, while READY. */
  #connection: Connection | undefined;
  #giveUp: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = firstBackoffMs;
  #calls = 0;

  constructor(
    private readonly network: Network,
    private readonly process: SimulatedProcess,
    private readonly at: Interface,
    private readonly window: number,
    private readonly tap: CallTap,
    private readonly endpoint: Endpoint,
    private readonly options: DialOptions,
  ) {}

  getTarget(): string {
    return `simulated:${this.endpoint.name}`;
  }

  getConnectivityState(tryToConnect: boolean): connectivityState {
    if (tryToConnect) this.#connect();
    return this.#state;
  }

  watchConnectivityState(known: connectivityState, _deadline: Date | number, changed: () => void): void {
    this.#watchers.push({ known, changed });
  }

  getChannelzRef(): never {
    throw new Error('the simulation has no channelz');
  }

  createCall(path: string, deadline: Date | number): ClientCall {
    if (this.#state === connectivityState.SHUTDOWN) throw new Error('Channel has been shut down');
    let ended: (() => void) | undefined;
    return new ClientCall(path, Number(deadline), {
      started: (call) => this.#started(call),
      sent: (call, bytes) => {
        ended ??= this.tap(call.path, bytes);
        if (call.isOver) ended();
      },
      ended: (call) => {
        ended?.();
        this.#ended(call);
      },
    });
  }

  /** Fails calls that wait for a connection. Other calls continue, and the connection ends with the last of them. */
  close(): void {
    this.#giveUp();
    clearTimeout(this.#timer);
    this.#become(connectivityState.SHUTDOWN);
    for (const call of [...this.#waiting]) call.fail(status.UNAVAILABLE, 'Channel closed before call started');
    this.#closeUnused();
  }

  #started(call: ClientCall): void {
    switch (this.#state) {
      case connectivityState.READY:
        return this.#attach(call, this.#connection!);
      case connectivityState.TRANSIENT_FAILURE:
        return call.fail(status.UNAVAILABLE, 'No connection established');
      case connectivityState.IDLE:
        this.#waiting.add(call);
        return this.#connect();
      case connectivityState.CONNECTING:
        return void this.#waiting.add(call);
      case connectivityState.SHUTDOWN:
        return call.fail(status.UNAVAILABLE, 'Channel closed before call started');
    }
  }

  #ended(call: ClientCall): void {
    this.#waiting.delete(call);
    for (const [id, one] of this.#open) if (one.call === call) this.#open.delete(id);
    this.#closeUnused();
  }

  #closeUnused(): void {
    if (this.#state === connectivityState.SHUTDOWN && this.#open.size === 0) this.#connection?.close('client');
  }

  #attach(call: ClientCall, connection: Connection): void {
    const id = this.#calls++;
    this.#open.set(id, { call, connection });
    const { ip } = connection.server.at;
    call.attach({ peer: ip, window: this.window, send: (frame) => connection.send('client', frame) }, id);
  }

  #connect(): void {
    if (this.#state !== connectivityState.IDLE) return;
    this.#become(connectivityState.CONNECTING);
    this.#attempt();
  }

  #attempt(): void {
    const mayBeginAgainAt = performance.now() + this.#backoffMs;
    let isOver = false;
    let tlsFailed: () => void = () => undefined;
    let connection: Connection | undefined;
    const end = (failed: boolean): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      if (failed) this.#failed(mayBeginAgainAt);
    };
    const giveUp = (failed: boolean): void => {
      abandon();
      connection?.close('client');
      end(failed);
    };
    const limit = setTimeout(() => giveUp(true), attemptMs);
    const abandon = this.network.dial(this.process, this.at, this.endpoint.address, {
      accepted: (accepted) => {
        connection = accepted;
        if (isOver) return connection.close('client');
        tlsFailed = this.options.onAccepted();
        connection.send('client', { kind: 'hello' });
      },
      refused: () => end(true),
      receive: (frame) => {
        if (frame.kind !== 'welcome') return this.#receive(connection!, frame);
        end(false);
        this.#ready(connection!);
      },
      closed: () => {
        if (isOver) return this.#disconnected(connection!);
        tlsFailed();
        end(true);
      },
    });
    this.#giveUp = () => giveUp(false);
  }

  #ready(connection: Connection): void {
    this.#giveUp = () => undefined;
    this.#connection = connection;
    this.#backoffMs = firstBackoffMs;
    this.#become(connectivityState.READY);
    for (const call of [...this.#waiting]) {
      this.#waiting.delete(call);
      this.#attach(call, connection);
    }
  }

  #failed(mayBeginAgainAt: number): void {
    this.#become(connectivityState.TRANSIENT_FAILURE);
    for (const call of [...this.#waiting]) call.fail(status.UNAVAILABLE, 'No connection established');
    this.#backoffMs = Math.min(this.#backoffMs * backoffFactor, longestBackoffMs);
    this.#timer = setTimeout(() => this.#attempt(), mayBeginAgainAt - performance.now());
  }

  #receive(connection: Connection, frame: Frame): void {
    switch (frame.kind) {
      case 'ping':
        return connection.send('client', { kind: 'pong' });
      case 'goaway':
        // Calls that exist already continue.
        return this.#left(connection);
      case 'headers':
      case 'message':
      case 'window':
      case 'status':
      case 'reset':
        return this.#open.get(frame.call)?.call.receive(frame);
      default:
        throw new Error(`a client is sent ${frame.kind}`);
    }
  }

  #disconnected(connection: Connection): void {
    for (const [id, one] of [...this.#open]) {
      if (one.connection !== connection) continue;
      this.#open.delete(id);
      one.call.fail(status.UNAVAILABLE, 'Connection dropped');
    }
    this.#left(connection);
  }

  #left(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    if (this.#state === connectivityState.READY) this.#become(connectivityState.IDLE);
  }

  #become(state: connectivityState): void {
    if (this.#state === state || this.#state === connectivityState.SHUTDOWN) return;
    this.#state = state;
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers)
      if (watcher.known === state) this.#watchers.push(watcher);
      else watcher.changed();
  }
}
