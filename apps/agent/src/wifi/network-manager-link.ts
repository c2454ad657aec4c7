// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  BusConnection,
  BusError,
  busAddress,
  dbusDaemon,
  socketOfAddress,
  unavailable,
  type BusSignal,
} from '@givc/dbus';
import { GivcError } from '@givc/model';
import { busName, nm } from './names.js';
import { StateWatch } from './state-watch.js';

export interface NmCall {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: unknown[];
}

/** The errors of the bus for a name that no connection owns. */
const absent = ['org.freedesktop.DBus.Error.ServiceUnknown', 'org.freedesktop.DBus.Error.NameHasNoOwner'];

const rules = [
  `type='signal',sender='${busName}',interface='${nm.device}',member='StateChanged'`,
  `type='signal',sender='${busName}',interface='${nm.active}',member='StateChanged'`,
];

/**
 * The connection to NetworkManager on the system bus, also for an agent of a session. It is opened by the first call,
 * and again by the first call after it was lost.
 */
@Injectable()
export class NetworkManagerLink implements OnApplicationShutdown {
  #bus: Promise<BusConnection> | undefined;
  readonly #watches = new Set<StateWatch>();

  /**
   * Resolves with the body of the reply. FAILED_PRECONDITION when NetworkManager does not run or rejects the call,
   * UNAVAILABLE while the bus is unreachable.
   */
  async call(call: NmCall): Promise<readonly unknown[]> {
    const bus = await this.#open();
    try {
      return await bus.call({ destination: busName, ...call });
    } catch (error) {
      throw explained(error);
    }
  }

  /** Collects the state changes of devices and connections from now on, until it is closed. */
  async watch(): Promise<StateWatch> {
    await this.#open();
    const watch = new StateWatch(() => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#bus?.then(
      (bus) => bus.close(),
      () => undefined,
    );
  }

  #open(): Promise<BusConnection> {
    if (this.#bus) return this.#bus;
    const opened = this.#connect();
    this.#bus = opened;
    const forget = (error: Error) => {
      if (this.#bus === opened) this.#bus = undefined;
      this.#failWatches(error);
    };
    opened.then((bus) => bus.closed).then(forget, forget);
    return opened;
  }

  async #connect(): Promise<BusConnection> {
    const bus = await BusConnection.open(socketOfAddress(busAddress('system')), (signal) => this.#receive(signal));
    try {
      const addMatch = { ...dbusDaemon, member: 'AddMatch', signature: 's' };
      await Promise.all([bus.follow(busName), ...rules.map((rule) => bus.call({ ...addMatch, body: [rule] }))]);
      return bus;
    } catch (error) {
      bus.close(error);
      throw error;
    }
  }

  #receive({ path, member, body }: BusSignal): void {
    if (member === 'NameOwnerChanged') this.#failWatches(unavailable('NetworkManager has left the bus'));
    else if (member === 'StateChanged')
      // The arguments of a device are (state, earlier state, reason), those of a connection (state, reason).
      for (const watch of this.#watches) watch.add({ path, state: Number(body[0]), reason: Number(body.at(-1)) });
  }

  #failWatches(error: Error): void {
    for (const watch of this.#watches) watch.fail(error);
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof BusError)) return error;
  const rejected = (message: string) => new GivcError('FAILED_PRECONDITION', message, { cause: error });
  if (absent.includes(error.errorName))
    return rejected('NetworkManager does not run on this machine: start NetworkManager.service');
  return error.errorName.startsWith(`${busName}.`) ? rejected(`NetworkManager: ${error.message}`) : error;
}
