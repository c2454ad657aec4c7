// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { textOf, type Frame } from './frames.js';
import type { Interface } from './interface.js';
import type { Latency } from './latency.js';
import type { Listener, Network } from './network.js';
import type { SimulatedProcess } from '../time/simulated-process.js';

/** One end of a connection, as its program has it. */
export interface ConnectionEnd {
  receive(frame: Frame): void;
  /** The connection is gone. */
  closed(reason: string): void;
}

type Side = 'client' | 'server';

interface Peer {
  readonly process: SimulatedProcess;
  readonly at: Interface;
}

interface End extends Peer {
  readonly side: Side;
  /** The boot number of the machine when the connection was made. */
  readonly boot: number;
  program: ConnectionEnd | undefined;
  isOpen: boolean;
  /** When the last packet arrives that is on its way to here. */
  lastArrival: number;
  /** What cannot arrive now, in order. */
  readonly parked: (Frame | 'fin')[];
}

const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/** The longest pause between two attempts to send a packet again, as far as a run is long. */
const retransmitMs = 400;

/**
 * A TCP connection: what is sent arrives in order, or later when the cable is in again, or never when the machine is
 * gone. The kernel of a process that ends closes the connection; a machine that ends sends nothing until it has booted and
 * gets a packet of an unknown connection.
 */
export class Connection {
  readonly #ends: Record<Side, End>;
  #listener: Listener;

  constructor(
    private readonly network: Network,
    client: Peer & { readonly end: ConnectionEnd },
    server: Peer & { readonly end: Listener },
    readonly port: number,
    private readonly latency: Latency,
  ) {
    this.#listener = server.end;
    this.#ends = {
      client: endOf('client', client, client.end),
      server: endOf('server', server, undefined),
    };
    for (const end of Object.values(this.#ends)) end.process.onExit(() => this.close(end.side));
  }

  get client(): Peer {
    return this.#ends.client;
  }

  get server(): Peer {
    return this.#ends.server;
  }

  isOpenAt(side: Side): boolean {
    return this.#ends[side].isOpen;
  }

  touches(card: Interface): boolean {
    return this.#ends.client.at === card || this.#ends.server.at === card;
  }

  send(from: Side, frame: Frame): void {
    if (this.#ends[from].isOpen) this.#travel(other(from), frame);
  }

  /** From this side; the other side receives it after what was sent before. */
  close(side: Side): void {
    const end = this.#ends[side];
    if (!end.isOpen) return;
    this.#leave(end);
    // A machine that is gone sends nothing.
    if (end.at.isUp && end.at.boot === end.boot) this.#travel(other(side), 'fin');
  }

  /** Breaks it: each end notices by itself. */
  break(): void {
    for (const end of Object.values(this.#ends)) this.#reset(end, 'the connection was reset');
  }

  /** Packets may travel again: those that wait are sent again. */
  retransmit(): void {
    for (const end of Object.values(this.#ends)) {
      if (end.parked.length === 0) continue;
      const delay = this.latency.next() + retransmitMs * this.latency.chance();
      this.network.scheduler.after(delay, () => this.#unpark(end));
    }
  }

  /** One after another, so that what arrives meanwhile comes after them. */
  #unpark(end: End): void {
    const sender = this.#ends[other(end.side)];
    // What a machine sent before it ended is not sent again.
    if (!sender.at.isUp || sender.at.boot !== sender.boot) return void end.parked.splice(0);
    if (!this.#isPassable(end)) return;
    const what = end.parked.shift();
    if (what === undefined) return;
    this.#hand(end, what);
    this.network.scheduler.after(0, () => this.#unpark(end));
  }

  #isPassable(end: End): boolean {
    return end.at.isUp && end.at.isPlugged && this.#ends[other(end.side)].at.isPlugged;
  }

  #travel(to: Side, what: Frame | 'fin'): void {
    const { scheduler } = this.network;
    const end = this.#ends[to];
    end.lastArrival = Math.max(end.lastArrival, scheduler.now + this.latency.next());
    scheduler.at(end.lastArrival, () => this.#arrive(end, what));
  }

  #arrive(end: End, what: Frame | 'fin'): void {
    if (this.#isPassable(end) && end.parked.length === 0) this.#hand(end, what);
    else end.parked.push(what);
  }

  #hand(end: End, what: Frame | 'fin'): void {
    const sender = this.#ends[other(end.side)];
    if (end.at.boot !== end.boot || !end.isOpen) {
      if (what !== 'fin') this.#reset(sender, 'the connection was reset by its peer');
      return;
    }
    if (what === 'fin')
      end.process.perform('io', `end of ${this.name}`, () => this.#closed(end, 'it has ended'), this.name);
    else end.process.perform('io', `${this.name} ${textOf(what)}`, () => this.#receive(end, what), this.name);
  }

  #receive(end: End, frame: Frame): void {
    if (!end.isOpen) return;
    if (frame.kind === 'hello') end.program = this.#listener.accept(this);
    end.program?.receive(frame);
  }

  #reset(end: End, reason: string): void {
    if (!end.isOpen) return;
    end.process.after(this.latency.next(), `${this.name}: ${reason}`, () => this.#closed(end, reason), this.name);
  }

  #closed(end: End, reason: string): void {
    if (!end.isOpen) return;
    this.#leave(end);
    end.program?.closed(reason);
  }

  #leave(end: End): void {
    end.isOpen = false;
    if (!this.#ends[other(end.side)].isOpen) this.network.forget(this);
  }

  get name(): string {
    const { client, server } = this.#ends;
    return `${client.process.name}:${this.port}>${server.process.name}`;
  }
}

const endOf = (side: Side, { process, at }: Peer, program: ConnectionEnd | undefined): End => ({
  ...{ side, process, at, program, boot: at.boot },
  isOpen: true,
  lastArrival: 0,
  parked: [],
});
