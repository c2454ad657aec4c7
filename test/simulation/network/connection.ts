// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { textOf, type Frame } from './frames.js';
import type { Interface } from './interface.js';
import type { Latency } from './latency.js';
import type { Listener, Network } from './network.js';
import type { SimulatedProcess } from '../time/simulated-process.js';

/** The program at one end of a connection. */
export interface ConnectionEnd {
  receive(frame: Frame): void;
  /** Called when the connection is closed or broken. */
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
  /** The time at which the last packet on its way to this end arrives. */
  lastArrival: number;
  /** Packets that cannot arrive at present, in order. */
  readonly parked: (Frame | 'fin')[];
}

const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/** The longest pause between two attempts to send a packet again, as far as it matters in a short run. */
const retransmitMs = 400;

/**
 * A TCP connection. Data arrives in order. It arrives later when a cable was unplugged meanwhile, and never when the
 * machine has ended. The kernel of a process that ends closes the connection; a machine that ends sends nothing until
 * it has booted and gets a packet of an unknown connection.
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

  /** Closes the connection at this end; the other end is notified after the data that was sent before. */
  close(side: Side): void {
    const end = this.#ends[side];
    if (!end.isOpen) return;
    this.#leave(end);
    // A machine that has ended sends nothing.
    if (end.at.isUp && end.at.boot === end.boot) this.#travel(other(side), 'fin');
  }

  /** Breaks the connection: each end notices independently. */
  break(): void {
    for (const end of Object.values(this.#ends)) this.#reset(end, 'the connection was reset');
  }

  /** Sends waiting packets again, because packets may arrive again. */
  retransmit(): void {
    for (const end of Object.values(this.#ends)) {
      if (end.parked.length === 0) continue;
      const delay = this.latency.next() + retransmitMs * this.latency.chance();
      this.network.scheduler.after(delay, () => this.#unpark(end));
    }
  }

  /** Hands over packets one after another, so that those that arrive meanwhile come after them. */
  #unpark(end: End): void {
    const sender = this.#ends[other(end.side)];
    // Packets of a machine that has ended are not sent again.
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
