// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';
import { Random } from '../../model/random.js';
import type { Scheduler } from '../time/scheduler.js';
import type { SimulatedProcess } from '../time/simulated-process.js';
import { Connection, type ConnectionEnd } from './connection.js';
import type { Interface } from './interface.js';
import { Latency } from './latency.js';

/** A listener that accepts connections at an address. */
export interface Listener {
  readonly process: SimulatedProcess;
  readonly at: Interface;
  /** Called with the first frame of the client. */
  accept(connection: Connection): ConnectionEnd;
}

export interface DialEvents extends ConnectionEnd {
  /** Called when the connection is accepted; the TLS handshake comes next. */
  accepted(connection: Connection): void;
  /** Called when no server listens at the address. */
  refused(): void;
}

/** The times at which Linux sends an unanswered first packet of a connection again (tcp(7), tcp_syn_retries). */
const synAgainMs = [0, 1_000, 3_000, 7_000, 15_000];

const keyOf = (host: string, port: number): string => `${host}:${port}`;

/** TCP between the machines of the simulation. */
export class Network {
  readonly #interfaces = new Map<string, Interface>();
  readonly #listeners = new Map<string, Listener>();
  readonly #connections = new Set<Connection>();
  readonly #dialled = new Map<string, number>();
  #ports = 32_768;

  constructor(
    readonly scheduler: Scheduler,
    private readonly seed: number,
    private readonly pace: number,
  ) {}

  /** Adds a machine with its own address. */
  add(card: Interface): void {
    this.#interfaces.set(card.ip, card);
    card.onChange(() => {
      for (const connection of [...this.#connections]) if (connection.touches(card)) connection.retransmit();
    });
  }

  /** The connections that are open at one end at least. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /** Whether a connection of this name was closed by its client; data that was sent before may still arrive. */
  isLeft(name: string): boolean {
    return this.connections.some((connection) => connection.name === name && !connection.isOpenAt('client'));
  }

  listen(address: Address, listener: Listener): void {
    if (address.protocol !== 'tcp') throw new Error(`the simulation has no ${address.protocol}`);
    const key = keyOf(address.host, address.port);
    this.#listeners.set(key, listener);
    listener.process.onExit(() => this.unlisten(address, listener));
  }

  unlisten(address: Address, listener: Listener): void {
    if (address.protocol !== 'tcp') return;
    const key = keyOf(address.host, address.port);
    if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
  }

  /** Opens a connection; returns a function that gives up the attempt. */
  dial(process: SimulatedProcess, from: Interface, address: Address, events: DialEvents): () => void {
    if (address.protocol !== 'tcp') throw new Error(`the simulation has no ${address.protocol}`);
    const { host, port } = address;
    const to = this.#interfaces.get(host);
    const latency = this.#latencyOf(`${process.name} ${host}:${port}`);
    let isOver = false;
    const attempt = (): void => {
      if (isOver || !to || !from.reaches(to)) return;
      const listener = this.#listeners.get(keyOf(host, port));
      isOver = true;
      if (!listener) return void process.after(latency.next(), `refused by ${host}:${port}`, () => events.refused());
      const client = { process, at: from, end: events };
      const server = { process: listener.process, at: to, end: listener };
      const connection = new Connection(this, client, server, this.#ports++, latency);
      this.#connections.add(connection);
      process.after(latency.next(), `accepted by ${to.name}`, () => events.accepted(connection));
    };
    for (const ms of synAgainMs) this.scheduler.after(ms + latency.next(), attempt);
    return () => (isOver = true);
  }

  /**
   * The latency depends only on the name and the number of earlier connections, so that actions left out elsewhere
   * change little here.
   */
  #latencyOf(name: string): Latency {
    const dialled = this.#dialled.get(name) ?? 0;
    this.#dialled.set(name, dialled + 1);
    return new Latency(Random.of(this.seed, `${name} ${dialled}`), this.pace);
  }

  /** Forgets a connection that is closed at both ends. */
  forget(connection: Connection): void {
    this.#connections.delete(connection);
  }
}
