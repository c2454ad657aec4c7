// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';
import { Timeout } from '@givc/time';
import { BusError, unavailable } from './bus-errors.js';
import type { ReceivedMessage } from './message-reader.js';
import { WireConnection } from './wire-connection.js';

/**
 * A signal from the bus. `body` has the types of `ValueReader`: 64-bit numbers are bigints, variants have a `value`.
 */
export interface BusSignal {
  readonly path: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: unknown[];
}

interface Pending {
  readonly call: MethodCall;
  readonly resolve: (body: readonly unknown[]) => void;
  readonly reject: (error: GivcError) => void;
}

/** A service, the unique name of the connection that owns its name now, and how often that has changed. */
interface Followed {
  readonly service: string;
  owner: string | undefined;
  changes: number;
}

const methodCall = 1;
const methodReturn = 2;
const error = 3;
const signal = 4;
const noAutoStart = 2;

/** dbus-daemon(1) rejects more than 128 unanswered calls of one connection (max_replies_per_connection). */
const maxInFlight = 100;
const maxQueued = 20_000;
/** The default timeout of libdbus. */
const replyTimeoutMs = 25_000;
const openTimeoutMs = 10_000;

export const dbusDaemon = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

const ownerChanged = 'NameOwnerChanged';

function noOwner(cause: unknown): readonly unknown[] {
  if (cause instanceof BusError && cause.errorName === 'org.freedesktop.DBus.Error.NameHasNoOwner') return [];
  throw cause;
}

/**
 * One connection to a message bus, from its handshake to its end. Calls are sent and answered in the order in which
 * they were made, up to 100 at a time on the way; every call ends: with the reply, a `BusError`, or UNAVAILABLE after
 * 25 s or at the end of the connection. Signals of the bus itself and of the followed service reach `onSignal` in the
 * order of the bus, also relative to replies. Signals of other programs are dropped: any program can address one to any
 * connection, whatever its match rules.
 */
export class BusConnection {
  /** Resolves with the reason when the connection has ended, on either side. */
  readonly closed: Promise<GivcError>;
  readonly #wire: WireConnection;
  readonly #pending = new Map<number, Pending & { readonly timeout: Timeout }>();
  #queue: Pending[] = [];
  #serial = 0;
  #end: GivcError | undefined;
  #followed: Followed | undefined;

  private constructor(
    socket: string,
    private readonly onSignal: (signal: BusSignal, bus: BusConnection) => void,
  ) {
    let resolve!: (end: GivcError) => void;
    this.closed = new Promise((settle) => (resolve = settle));
    this.#wire = new WireConnection(socket, {
      message: (message) => this.#receive(message),
      closed: (reason) =>
        resolve(this.#finish(unavailable(`the D-Bus socket ${socket}: ${messageOf(reason)}`, reason))),
    });
  }

  /** Resolves when the bus has answered `Hello`; rejects with UNAVAILABLE, within 10 s. */
  static async open(socket: string, onSignal: (signal: BusSignal, bus: BusConnection) => void): Promise<BusConnection> {
    const bus = new BusConnection(socket, onSignal);
    const timeout = new Timeout(openTimeoutMs, () => bus.close(new Error('no welcome within 10 s')));
    try {
      await bus.call({ ...dbusDaemon, member: 'Hello' });
      return bus;
    } catch (cause) {
      bus.close(cause);
      throw cause;
    } finally {
      timeout.cancel();
    }
  }

  /** Resolves with the body of the reply. RESOURCE_EXHAUSTED when 20,000 calls are already waiting. */
  call(call: MethodCall): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      const pending = { call, resolve, reject };
      if (this.#end) reject(this.#end);
      else if (this.#pending.size < maxInFlight) this.#send(pending);
      else if (this.#queue.length < maxQueued) this.#queue.push(pending);
      else reject(new GivcError('RESOURCE_EXHAUSTED', `${maxQueued} calls to ${call.destination} wait already`));
    });
  }

  /**
   * Passes on the signals of the program that owns this well-known name, and `NameOwnerChanged` of the name. Match
   * rules select which signals are sent. Resolves once the owner is known, or that there is none.
   */
  async follow(service: string): Promise<void> {
    const followed: Followed = { service, owner: undefined, changes: 0 };
    this.#followed = followed;
    const body = (value: string) => ({ ...dbusDaemon, signature: 's', body: [value] });
    const rule = `type='signal',sender='${dbusDaemon.destination}',member='${ownerChanged}',arg0='${service}'`;
    const [, owner] = await Promise.all([
      this.call({ ...body(rule), member: 'AddMatch' }),
      this.call({ ...body(service), member: 'GetNameOwner' }).catch(noOwner),
    ]);
    // A change that was signalled is at least as new as the reply.
    if (followed.changes === 0) followed.owner = owner[0] as string | undefined;
  }

  /** Ends the connection; pending calls reject with UNAVAILABLE. */
  close(reason: unknown = new Error('closed')): void {
    this.#wire.close(reason);
  }

  #send(pending: Pending): void {
    const { call } = pending;
    this.#serial = this.#serial === 0xffffffff ? 1 : this.#serial + 1;
    const serial = this.#serial;
    try {
      this.#wire.send({ ...call, type: methodCall, flags: noAutoStart, serial });
    } catch (cause) {
      // A message that cannot be sent is a mistake of the caller, unless the bus has just closed the connection.
      const isClosed = !this.#wire.isOpen;
      const reason = isClosed ? 'UNAVAILABLE' : 'INTERNAL';
      pending.reject(new GivcError(reason, `${call.member}: ${messageOf(cause)}`, { cause }));
      return;
    }
    const timeout = new Timeout(replyTimeoutMs, () => {
      this.#pending.delete(serial);
      pending.reject(unavailable(`${call.destination} did not answer ${call.member} within 25 s`));
      this.#sendNext();
    });
    this.#pending.set(serial, { ...pending, timeout });
  }

  #sendNext(): void {
    while (this.#queue.length > 0 && this.#pending.size < maxInFlight) this.#send(this.#queue.shift()!);
  }

  #receive(message: ReceivedMessage): void {
    if (message.type === signal) {
      this.#receiveSignal(message);
      return;
    }
    const pending = this.#pending.get(message.replySerial ?? 0);
    if (!pending || (message.type !== methodReturn && message.type !== error)) return;
    const { body } = message;
    this.#pending.delete(message.replySerial!);
    pending.timeout.cancel();
    if (message.type === error) {
      const text = typeof body[0] === 'string' ? body[0] : '';
      pending.reject(new BusError(message.errorName ?? 'org.freedesktop.DBus.Error.Failed', text));
    } else pending.resolve(body);
    this.#sendNext();
  }

  #receiveSignal(message: ReceivedMessage): void {
    const { sender, path = '', member = '' } = message;
    const followed = this.#followed;
    const isOfBus = sender === dbusDaemon.destination;
    if (!isOfBus && (sender === undefined || sender !== followed?.owner)) return;
    const { body } = message;
    if (isOfBus && followed && member === ownerChanged && body[0] === followed.service) {
      followed.changes++;
      followed.owner = body[2] === '' ? undefined : String(body[2]);
    }
    this.onSignal({ path, member, body }, this);
  }

  #finish(end: GivcError): GivcError {
    this.#end = end;
    for (const { timeout, reject } of this.#pending.values()) {
      timeout.cancel();
      reject(end);
    }
    for (const { reject } of this.#queue) reject(end);
    this.#pending.clear();
    this.#queue = [];
    return end;
  }
}
