// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';
import { BusConnection, BusError, dbusDaemon, unavailable, type BusSignal, type MethodCall } from '@givc/dbus';
import { Backoff, pause, retry } from '@givc/time';

type LinkState =
  | { readonly state: 'away'; readonly error: GivcError }
  | { readonly state: 'ready'; readonly bus: BusConnection }
  | { readonly state: 'closed' };

const hasName = (error: unknown, name: string): boolean => error instanceof BusError && error.errorName === name;

/** The events of a link, in order: `onReady`, signals, `onLost`, `onReady` again, ... */
export interface SystemdLinkEvents {
  /**
   * systemd can be called and signals arrive, also again after systemd or the bus was unreachable. A new bus has none
   * of the match rules of this process.
   */
  onReady(newBus: boolean): void;
  onLost(error: GivcError): void;
  onSignal(signal: BusSignal): void;
}

const systemd = 'org.freedesktop.systemd1';
export const managerPath = '/org/freedesktop/systemd1';
export const managerInterface = `${systemd}.Manager`;
const backoff = { firstMs: 20, lastMs: 2_000 };

/** The error of the bus for a name without an owner. */
const absent = [
  'org.freedesktop.DBus.Error.NameHasNoOwner',
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.NoReply',
];

const isAbsence = (error: unknown): boolean => absent.some((name) => hasName(error, name));

/** The error for a call that was not sent, with the info `SYSTEMD_AWAY`. */
const away = (cause: GivcError): GivcError =>
  new GivcError('UNAVAILABLE', cause.message, { cause, info: { reason: 'SYSTEMD_AWAY' } });

const rules = [
  `type='signal',sender='${systemd}',interface='${managerInterface}',member='JobRemoved'`,
  `type='signal',sender='${systemd}',interface='${managerInterface}',member='Reloading'`,
];

/**
 * The connection to systemd over the bus, which is restored by itself: with a backoff of 20 ms to 2 s when the bus is
 * unreachable, and at once when systemd returns to the bus (after `systemctl daemon-reexec`).
 */
export class SystemdLink {
  #state: LinkState = { state: 'away', error: unavailable('systemd is not connected yet') };
  #bus: BusConnection | undefined;
  readonly #backoff = new Backoff(backoff);
  readonly #closing = new AbortController();
  #readyBus: BusConnection | undefined;
  /**
   * Counts the owners of systemd's name, so that an answer of an earlier owner is not attributed to the present one.
   */
  #owner = 0;

  constructor(
    private readonly socket: string,
    private readonly events: SystemdLinkEvents,
  ) {}

  /**
   * Resolves when systemd has accepted the subscription, or is not on the bus yet, for example while a session starts.
   * Only this first attempt rejects; later ones are retried.
   */
  async connect(): Promise<void> {
    try {
      const bus = await this.#open();
      await this.#attach(bus).catch((error: unknown) => {
        if (!isAbsence(error)) throw error;
      });
      void this.#keep(bus);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Calls systemd, by default the manager's object. Fails at once with UNAVAILABLE and the info `SYSTEMD_AWAY` while
   * systemd is unreachable.
   */
  call(call: Partial<MethodCall> & Pick<MethodCall, 'member'>): Promise<readonly unknown[]> {
    return this.#callAt({ destination: systemd, path: managerPath, interface: managerInterface, ...call });
  }

  /**
   * Adds or removes a match rule
   * (https://dbus.freedesktop.org/doc/dbus-specification.html#message-bus-routing-match-rules).
   */
  async match(member: 'AddMatch' | 'RemoveMatch', rule: string): Promise<void> {
    await this.#callAt({ ...dbusDaemon, member, signature: 's', body: [rule] });
  }

  /** Replaces the connection, because it is faulty. */
  restart(reason: unknown): void {
    if (this.#state.state === 'ready') this.#state.bus.close(reason);
  }

  close(): void {
    this.#state = { state: 'closed' };
    this.#closing.abort();
    this.#bus?.close();
  }

  #callAt(call: MethodCall): Promise<readonly unknown[]> {
    switch (this.#state.state) {
      case 'ready':
        return this.#state.bus.call(call);
      case 'away':
        return Promise.reject(away(this.#state.error));
      case 'closed':
        return Promise.reject(unavailable('the connection to systemd is closed'));
    }
  }

  async #open(): Promise<BusConnection> {
    const bus = await BusConnection.open(this.socket, (signal, from) => this.#receive(from, signal));
    this.#bus = bus;
    if (this.#state.state === 'closed') bus.close();
    return bus;
  }

  async #attach(bus: BusConnection): Promise<void> {
    const followed = bus.follow(systemd);
    const matched = rules.map((rule) => bus.call({ ...dbusDaemon, member: 'AddMatch', signature: 's', body: [rule] }));
    await Promise.all([followed, ...matched, this.#subscribe(bus)]);
  }

  /** systemd sends signals only to clients that have subscribed (`Subscribe`). */
  async #subscribe(bus: BusConnection): Promise<void> {
    const owner = this.#owner;
    try {
      await bus.call({ destination: systemd, path: managerPath, interface: managerInterface, member: 'Subscribe' });
    } catch (error) {
      if (!hasName(error, `${systemd}.AlreadySubscribed`)) throw error;
    }
    if (this.#state.state !== 'away' || owner !== this.#owner) return;
    this.#state = { state: 'ready', bus };
    const newBus = this.#readyBus !== bus;
    this.#readyBus = bus;
    this.events.onReady(newBus);
  }

  #receive(bus: BusConnection, signal: BusSignal): void {
    if (signal.member !== 'NameOwnerChanged') {
      this.events.onSignal(signal);
      return;
    }
    this.#lose(unavailable('systemd has left the bus'));
    if (signal.body[2] !== '') this.#recover(bus, this.#subscribe(bus));
  }

  async #keep(first: BusConnection): Promise<void> {
    for (let bus: BusConnection | undefined = first; bus;) {
      const since = performance.now();
      this.#lose(await bus.closed);
      if (performance.now() - since > backoff.lastMs) this.#backoff.reset();
      bus = await this.#reopen();
      if (bus) this.#recover(bus, this.#attach(bus));
    }
  }

  async #reopen(): Promise<BusConnection | undefined> {
    const { signal } = this.#closing;
    await pause(this.#backoff.next(), signal);
    const onFailure = (error: unknown) => this.#lose(unavailable(messageOf(error), error));
    return retry(() => this.#open(), { backoff: this.#backoff, signal, onFailure });
  }

  /** Without systemd on the bus, its NameOwnerChanged follows; any other failure is resolved by a new connection. */
  #recover(bus: BusConnection, attempt: Promise<void>): void {
    attempt.catch((error: unknown) => {
      if (!isAbsence(error)) bus.close(error);
    });
  }

  #lose(error: GivcError): void {
    this.#owner++;
    if (this.#state.state === 'closed') return;
    const wasReady = this.#state.state === 'ready';
    this.#state = { state: 'away', error };
    if (wasReady) this.events.onLost(error);
  }
}
