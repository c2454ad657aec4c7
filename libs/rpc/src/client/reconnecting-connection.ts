// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { status } from '../wire/status-codes.js';
import { Attempt, type ConnectLimits } from './attempt.js';
import type { ChannelState } from './channel-state.js';
import type { CallChannel, ClientCall } from './client-call.js';
import type { CallOutcome, Connection, Connector } from './connection.js';
import type { ConnectError } from './connect-error.js';
import { ReconnectBackoff } from './reconnect-backoff.js';

/**
 * The limits of an attempt under `keepConnected`. A short limit for the connection, so that a restored network is
 * noticed soon; a long one for the handshake, because a machine that boots is slow.
 */
const keptLimits: ConnectLimits = { acceptMs: 2_000, handshakeMs: 15_000 };
/** The limits of an attempt that a call waits for. */
const callLimits: ConnectLimits = { acceptMs: 20_000, handshakeMs: 20_000 };

/** The next step to a connection: an attempt, or the backoff before it. */
type Next = { readonly attempt: Attempt } | { readonly timer: NodeJS.Timeout };

type State =
  /** There is no connection. `timer` runs during the backoff. */
  | { readonly state: 'IDLE'; readonly timer?: NodeJS.Timeout }
  /** Calls wait for this attempt. */
  | { readonly state: 'CONNECTING'; readonly attempt: Attempt }
  /** `successor` connects with new certificates and replaces `connection` when it is ready. */
  | { readonly state: 'READY'; readonly connection: Connection; readonly since: number; readonly successor?: Next }
  /**
   * The last attempt failed, and new calls fail with its error. A kept connection retries by itself; otherwise the
   * first call after `until` retries.
   */
  | { readonly state: 'TRANSIENT_FAILURE'; readonly error: ConnectError; readonly until: number; readonly next?: Next }
  | { readonly state: 'SHUTDOWN' };

const unavailable = ({ message, problem, detail }: ConnectError): CallOutcome => ({
  code: status.UNAVAILABLE,
  details: message,
  failure: { state: 'not-connected', problem, ...(detail !== undefined && { detail }) },
});

const stop = (next: Next | undefined): void => {
  if (!next) return;
  if ('attempt' in next) next.attempt.cancel();
  else clearTimeout(next.timer);
};

/** The connection of a channel, which is established again when it is needed, and the calls on it. */
export class ReconnectingConnection implements CallChannel {
  #state: State = { state: 'IDLE' };
  #isKept = false;
  readonly #calls = new Set<ClientCall>();
  readonly #backoff = new ReconnectBackoff();
  readonly states = new Listeners<[ChannelState]>();
  /** Notified when attempts begin to fail, or begin to fail for another reason. */
  readonly failures = new Listeners<[ConnectError]>();
  /** Notified when a connection with new certificates has replaced the previous one. */
  readonly replacements = new Listeners();

  constructor(
    private readonly connector: Connector,
    private readonly limits?: ConnectLimits,
  ) {}

  get state(): ChannelState {
    return this.#state.state;
  }

  start(call: ClientCall): void {
    this.#calls.add(call);
    const state = this.#state;
    switch (state.state) {
      case 'READY':
        if (state.connection.isOpen) return call.begin(state.connection);
        this.#lost(state.connection);
        this.#calls.delete(call);
        return this.start(call);
      case 'IDLE':
        return this.#dial();
      case 'CONNECTING':
        return;
      case 'TRANSIENT_FAILURE':
        if (!this.#isKept && performance.now() >= state.until) return this.#dial();
        return call.fail(unavailable(state.error));
      case 'SHUTDOWN':
        return call.fail({ code: status.UNAVAILABLE, details: 'the channel is closed' });
    }
  }

  ended(call: ClientCall): void {
    this.#calls.delete(call);
  }

  /** Implements `RpcChannel.keepConnected`. */
  keep(): void {
    this.#isKept = true;
    const state = this.#state;
    if (state.state === 'IDLE' || (state.state === 'TRANSIENT_FAILURE' && !state.next)) this.#dial();
  }

  /** Implements `RpcChannel.redial`. */
  redial(): void {
    if (this.#state.state === 'SHUTDOWN') return;
    this.#leave({ state: 'IDLE' }, 'the channel dials again');
    if (this.#isKept) this.#dial();
  }

  /** Implements `RpcChannel.close`. */
  close(): void {
    if (this.#state.state !== 'SHUTDOWN') this.#leave({ state: 'SHUTDOWN' }, 'the channel is closed');
  }

  /** Connects again with the new certificates; an attempt in progress is restarted. */
  replace(): void {
    const state = this.#state;
    switch (state.state) {
      case 'READY':
        return this.#setState({ ...state, successor: this.#replacement(state.connection) });
      case 'CONNECTING':
        return this.#setState({ state: 'CONNECTING', attempt: this.#attempt() });
      case 'TRANSIENT_FAILURE':
        if (state.next && 'attempt' in state.next) this.#setState({ ...state, next: { attempt: this.#attempt() } });
        return;
      case 'IDLE':
      case 'SHUTDOWN':
    }
  }

  /** Cancels the attempt or timer of the previous state, unless the new state has it. */
  #setState(state: State): void {
    const before = this.#state;
    this.#state = state;
    switch (before.state) {
      case 'IDLE':
        return clearTimeout(before.timer);
      case 'CONNECTING':
        if (state.state !== 'CONNECTING' || state.attempt !== before.attempt) before.attempt.cancel();
        return;
      case 'READY':
        return stop(before.successor);
      case 'TRANSIENT_FAILURE':
        if (state.state !== 'TRANSIENT_FAILURE' || state.next !== before.next) stop(before.next);
        return;
      case 'SHUTDOWN':
    }
  }

  #leave(state: State, text: string): void {
    const before = this.#state;
    this.#setState(state);
    for (const call of [...this.#calls])
      if (call.isWaiting) call.fail({ code: status.UNAVAILABLE, details: text });
      else call.cancel();
    if (before.state === 'READY') before.connection.abandon();
  }

  #dial(): void {
    const wasFailing = this.#isKept && this.#state.state === 'TRANSIENT_FAILURE' ? this.#state : undefined;
    const attempt = this.#attempt();
    if (wasFailing) return this.#setState({ ...wasFailing, next: { attempt } });
    this.#setState({ state: 'CONNECTING', attempt });
    this.states.notify('CONNECTING');
  }

  #attempt(): Attempt {
    let made: Connection | undefined;
    const attempt: Attempt = new Attempt(this.connector, this.limits ?? (this.#isKept ? keptLimits : callLimits), {
      ready: (connection) => this.#ready((made = connection)),
      failed: (error) => this.#failed(error, attempt),
      lost: () => made && this.#lost(made),
    });
    return attempt;
  }

  #ready(connection: Connection): void {
    this.#backoff.ready();
    this.#setState({ state: 'READY', connection, since: performance.now() });
    for (const call of [...this.#calls]) if (call.isWaiting && connection.isOpen) call.begin(connection);
    this.states.notify('READY');
  }

  #failed(error: ConnectError, attempt: Attempt): void {
    if (this.#isKept && attempt.hasThawed) {
      const again = this.#attempt();
      if (this.#state.state === 'TRANSIENT_FAILURE') this.#setState({ ...this.#state, next: { attempt: again } });
      else this.#setState({ state: 'CONNECTING', attempt: again });
      return;
    }
    const before = this.#state.state === 'TRANSIENT_FAILURE' ? this.#state.error : undefined;
    const pauseMs = this.#backoff.failed(attempt.startedAt);
    const until = performance.now() + pauseMs;
    const isLater = this.#isKept && pauseMs > 0;
    const next = isLater ? { timer: setTimeout(() => this.#dial(), pauseMs) } : undefined;
    const failing: State = { state: 'TRANSIENT_FAILURE', error, until, next };
    this.#setState(failing);
    for (const call of [...this.#calls]) if (call.isWaiting) call.fail(unavailable(error));
    if (!before) this.states.notify('TRANSIENT_FAILURE');
    if (before?.problem !== error.problem || before.detail !== error.detail) this.failures.notify(error);
    if (this.#isKept && !isLater && this.#state === failing) this.#dial();
  }

  /** Called when a connection accepts no further calls. Open calls of a connection that was replaced continue. */
  #lost(connection: Connection): void {
    const state = this.#state;
    if (state.state !== 'READY' || state.connection !== connection) return;
    const pauseMs = this.#isKept ? this.#backoff.lost(state.since) : undefined;
    const idle: State = pauseMs ? { state: 'IDLE', timer: setTimeout(() => this.#dial(), pauseMs) } : { state: 'IDLE' };
    this.#setState(idle);
    this.states.notify('IDLE');
    if (pauseMs === 0 && this.#state === idle) this.#dial();
  }

  /** Starts connecting a replacement for `connection`, with retries. */
  #replacement(connection: Connection): Next {
    let made: Connection | undefined;
    const attempt: Attempt = new Attempt(this.connector, this.limits ?? keptLimits, {
      ready: (successor) => {
        made = successor;
        this.#setState({ state: 'READY', connection: successor, since: performance.now() });
        connection.close();
        this.replacements.notify();
      },
      failed: () => {
        const state = this.#state;
        if (state.state !== 'READY') return;
        const again = () => {
          if (this.#state.state === 'READY')
            this.#setState({ ...this.#state, successor: this.#replacement(connection) });
        };
        const pauseMs = this.#backoff.failed(attempt.startedAt);
        this.#setState({ ...state, successor: { timer: setTimeout(again, pauseMs) } });
      },
      lost: () => made && this.#lost(made),
    });
    return { attempt };
  }
}
