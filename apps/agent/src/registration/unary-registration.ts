// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';
import type { admin } from '@givc/rpc';

/** With more pending changes than this, everything is registered again instead of one change after another. */
const maxPending = 1_000;
/** The interval of calls to the admin, and of repeated registrations where these are harmless. */
const renewalMs = 10_000;

export interface RegistrationCalls {
  register(request: admin.RegistryRequest): Promise<void>;
  /** Whether the admin ignores the registration of a known entry. Rejects when the admin does not answer. */
  ignoresRepetition(): Promise<boolean>;
}

export interface RegistrationHandlers {
  registered(): void;
  rejected(unit: string, reason: string): void;
  /** The agent itself was rejected, or the admin became unreachable: nothing more is sent. */
  failed(error: unknown): void;
}

/** A request to send, or a flush that waits until all earlier ones are answered. */
type Pending = admin.RegistryRequest | (() => void);

type State =
  /** Calls of the admin are open. */
  { readonly state: 'sending' } | { readonly state: 'idle' } | { readonly state: 'ended' };

/** The admin was unreachable; the connection comes back by itself. */
export const isAbsence = (error: unknown): boolean =>
  error instanceof GivcError && ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.reason);

/**
 * Registers the agent and its units by `RegisterService` with an admin that does not serve reports, then each unit that
 * changes. Calls are made one after another, because the original's admin ends a watch when many changes come at once.
 * The admin is called every 10 s, so that a vanished admin is noticed. Everything is registered again then, because the
 * admin may have removed it when it learned late that an earlier boot is over. This is not done with the original's
 * admin, which would remove and add each known entry for each watcher, and send the agent all settings and policies
 * again.
 */
export class UnaryRegistration {
  /** No `SerialQueue`: it is bounded, and what waits is dropped when the registration ends. */
  #pending: Pending[] = [];
  #state: State = { state: 'sending' };
  #renewal: NodeJS.Timeout | undefined;
  /** By unit, why it is rejected. No `LogOnce`: units that are gone are forgotten. */
  readonly #rejections = new Map<string, string>();

  constructor(
    private readonly agent: admin.RegistryRequest,
    /** The units in their current state. */
    private readonly units: () => readonly admin.RegistryRequest[],
    private readonly calls: RegistrationCalls,
    private readonly handlers: RegistrationHandlers,
  ) {
    this.#run(() => this.#registerAll().then(() => this.#begin()));
  }

  send(request: admin.RegistryRequest): void {
    if (this.#hasEnded()) return;
    if (this.#pending.filter((one) => typeof one !== 'function').length >= maxPending)
      return this.#fail(new GivcError('RESOURCE_EXHAUSTED', 'the admin accepts changes too slowly'));
    this.#pending.push(request);
    this.#drain();
  }

  /** Resolves once the admin has answered everything sent so far, or the registration has ended. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hasEnded()) return resolve();
      this.#pending.push(resolve);
      this.#drain();
    });
  }

  close(): void {
    this.#setState({ state: 'ended' });
  }

  #setState(state: State): void {
    this.#state = state;
    if (state.state !== 'ended') return;
    clearInterval(this.#renewal);
    for (const pending of this.#pending) if (typeof pending === 'function') pending();
    this.#pending = [];
  }

  #hasEnded(): boolean {
    return this.#state.state === 'ended';
  }

  #begin(): void {
    if (this.#hasEnded()) return;
    this.#renewal = setInterval(() => {
      if (this.#state.state === 'idle') this.#run(() => this.#renew());
    }, renewalMs);
    this.handlers.registered();
  }

  /** Changes that happen meanwhile are sent afterwards. */
  #run(send: () => Promise<void>): void {
    this.#setState({ state: 'sending' });
    send().then(
      () => {
        if (this.#hasEnded()) return;
        this.#setState({ state: 'idle' });
        this.#drain();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  async #renew(): Promise<void> {
    if (await this.calls.ignoresRepetition()) await this.#registerAll();
  }

  async #registerAll(): Promise<void> {
    if (this.#hasEnded()) return;
    const units = this.units();
    const names = new Set(units.map(({ Name }) => Name));
    for (const name of this.#rejections.keys()) if (!names.has(name)) this.#rejections.delete(name);
    await this.calls.register(this.agent);
    for (const unit of units) if (!this.#hasEnded()) await this.#registerUnit(unit);
  }

  #drain(): void {
    if (this.#state.state !== 'idle') return;
    let next = this.#pending.shift();
    for (; typeof next === 'function'; next = this.#pending.shift()) next();
    if (next) this.#run(this.#registerUnit.bind(this, next));
  }

  /** A rejected unit does not keep the others from being sent. The same reason is reported once. */
  async #registerUnit(request: admin.RegistryRequest): Promise<void> {
    const { Name: unit } = request;
    try {
      await this.calls.register(request);
      this.#rejections.delete(unit);
    } catch (error) {
      if (isAbsence(error)) throw error;
      const reason = messageOf(error);
      if (this.#rejections.get(unit) === reason) return;
      this.#rejections.set(unit, reason);
      this.handlers.rejected(unit, reason);
    }
  }

  #fail(error: unknown): void {
    if (this.#hasEnded()) return;
    this.close();
    this.handlers.failed(error);
  }
}
