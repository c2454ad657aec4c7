// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Client, connectivityState, credentials, type ClientReadableStream } from '@grpc/grpc-js';
import { Listeners } from '@givc/events';
import { GivcError, type Endpoint } from '@givc/model';
import { metadataOf } from '../metadata.js';
import type { Rpc } from '../rpc.js';
import { errorOfStatus, type CallError } from '../status.js';
import { ConnectWatchdog } from './connect-watchdog.js';
import { setDeadline } from './call-deadline.js';
import type { CallSettings } from './call-settings.js';
import type { ChannelSettings } from './channel-settings.js';
import { hasConnection, stateOf, type ChannelState } from './channel-state.js';
import type { Dialer } from './dialer.js';
import type { OutgoingBidiCall } from './outgoing-call.js';
import { ReconnectBackoff } from './reconnect-backoff.js';
import { sendMessages } from './send-messages.js';

type State =
  | { readonly state: 'open'; readonly client: Client }
  /** The successor connects beside the client by new certificates, and takes its place once it is ready. */
  | { readonly state: 'renewing'; readonly client: Client; readonly successor: Client }
  | { readonly state: 'closed'; readonly client: Client };

/**
 * A connection to one server. It connects at the first call, or for good after `keepConnected()`.
 * The server's certificate must carry the endpoint's name, whatever its address is.
 * A failed call rejects with a `GivcError` whose reason is the server's status; without a connection that is UNAVAILABLE.
 */
export class RpcChannel {
  #state: State;
  readonly #renewals = new Listeners();
  readonly #stopRenewing: () => void;
  readonly #states = new Listeners<[ChannelState]>();
  readonly #attempt: ConnectWatchdog;
  readonly #reconnects = new ReconnectBackoff(() => this.#dial(this.#client));
  #isKept = false;
  /** How to cancel each open call, which a channel of grpc-js that is closed does not. */
  readonly #calls = new Set<() => void>();

  constructor(
    readonly endpoint: Endpoint,
    private readonly dialer: Dialer,
    private readonly options: ChannelSettings = {},
  ) {
    this.#attempt = new ConnectWatchdog(() => this.#giveUpAttempt(), options.attemptMs);
    this.#state = { state: 'open', client: this.#open() };
    this.#stopRenewing = dialer.onRenewed(() => this.#renew());
  }

  /** Calls a unary rpc; resolves with its answer. */
  unary<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { signal } = settings;
      if (signal?.aborted) return reject(new GivcError('CANCELLED', 'the caller hung up'));
      const cancel = () => call.cancel();
      const call = this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(settings.metadata),
        (error: CallError | null, response?: Response) => {
          signal?.removeEventListener('abort', cancel);
          this.#calls.delete(cancel);
          if (error) reject(errorOfStatus(error));
          else resolve(response as Response);
        },
      );
      this.#setDeadline(call, settings);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#calls.add(cancel);
    });
  }

  /** The messages in the server's order. Leaving the iteration, or aborting the signal, ends the call. */
  async *serverStream<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): AsyncGenerator<Response, void, undefined> {
    const call: ClientReadableStream<Response> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(settings.metadata),
    );
    this.#setDeadline(call, settings);
    const cancel = () => call.cancel();
    settings.signal?.addEventListener('abort', cancel, { once: true });
    this.#calls.add(cancel);
    if (settings.signal?.aborted) cancel();
    try {
      yield* call as AsyncIterable<Response>;
    } catch (error) {
      throw errorOfStatus(error as CallError);
    } finally {
      settings.signal?.removeEventListener('abort', cancel);
      this.#calls.delete(cancel);
      cancel();
    }
  }

  /**
   * Sends the messages as fast as the server takes them, and resolves with its answer, also with one that comes before
   * the last of them. Rejects with what the messages throw.
   */
  clientStream<Request, Response>(
    method: Rpc<Request, Response>,
    messages: AsyncIterable<Request> | Iterable<Request>,
    settings: CallSettings = {},
  ): Promise<Response> {
    return sendMessages(this.#client, method, messages, settings, (call, cancel) => {
      this.#setDeadline(call, settings);
      this.#calls.add(cancel);
      return () => this.#calls.delete(cancel);
    });
  }

  /** Both sides send for as long as the call is open; it ends with an event `error` or `end`. Aborting the signal ends it. */
  duplex<Request, Response>(
    method: Rpc<Request, Response>,
    settings: CallSettings = {},
  ): OutgoingBidiCall<Request, Response> {
    const call = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadataOf(settings.metadata),
    );
    this.#setDeadline(call, settings);
    const { signal } = settings;
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    this.#calls.add(cancel);
    call.once('status', () => {
      signal?.removeEventListener('abort', cancel);
      this.#calls.delete(cancel);
    });
    if (signal?.aborted) cancel();
    return call;
  }

  /**
   * Connects without waiting for a call, and again whenever the connection is lost, with a backoff of 0.1 to 1 s. An
   * attempt that is not accepted is given up after 2 s, so that a network which is back is noticed within a second or so.
   */
  keepConnected(): void {
    this.#isKept = true;
    this.#dial(this.#client);
  }

  /**
   * Gives up the connection, whose other end may be gone without a word, and dials again. Open calls fail with UNAVAILABLE
   * or CANCELLED.
   */
  redial(): void {
    if (this.#state.state === 'closed') return;
    this.#attempt.stop();
    const before = this.#client;
    this.#setState({ state: 'open', client: this.#open() });
    this.#end(before);
    if (this.#isKept) this.#dial(this.#client);
  }

  get state(): ChannelState {
    return stateOf(this.#client.getChannel().getConnectivityState(false));
  }

  /** Calls `listener` with every change of the state that is still true when it is called, until the channel is closed. */
  onState(listener: (state: ChannelState) => void): void {
    this.#states.add(listener);
  }

  /**
   * Calls `listener` when the channel has gone over to a new connection by new certificates. The calls that were open go on
   * over the old one, which is closed after the last of them, and may be cut once its certificates count no more.
   */
  onRenewed(listener: () => void): void {
    this.#renewals.add(listener);
  }

  /** Ends the connection; open calls fail with UNAVAILABLE or CANCELLED. */
  close(): void {
    this.#setState({ state: 'closed', client: this.#client });
    this.#stopRenewing();
    this.#attempt.stop();
    this.#end(this.#client);
  }

  /** The one in use. */
  get #client(): Client {
    return this.#state.client;
  }

  /** A successor that is none in the new state, and has not taken over, is given up. */
  #setState(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (before.state === 'renewing' && before.successor !== state.client) before.successor.close();
  }

  #setDeadline(call: Parameters<typeof setDeadline>[0], { deadlineMs }: CallSettings): void {
    const client = this.#client;
    setDeadline(call, deadlineMs, () => client.getChannel().getConnectivityState(false) === connectivityState.READY);
  }

  /** Calls that wait for a connection fail with UNAVAILABLE, those that have one with CANCELLED. */
  #end(client: Client): void {
    this.#reconnects.stop();
    client.close();
    for (const cancel of [...this.#calls]) cancel();
  }

  #open(): Client {
    const channel = this.dialer.dial(this.endpoint, {
      windowBytes: this.options.windowBytes,
      messageBytes: this.options.messageBytes,
      onAccepted: () => this.#taken(client),
    });
    // The credentials are those of the channel.
    const client: Client = new Client(channel.getTarget(), credentials.createInsecure(), { channelOverride: channel });
    const watch = (known: connectivityState) => {
      channel.watchConnectivityState(known, Infinity, () => {
        const isSuccessor = this.#state.state === 'renewing' && this.#state.successor === client;
        if (this.#state.state === 'closed' || (this.#client !== client && !isSuccessor)) return;
        const current = channel.getConnectivityState(false);
        watch(current);
        if (isSuccessor) this.#advance(client, stateOf(current));
        else if (current !== known) this.#changed(stateOf(current));
      });
    };
    watch(channel.getConnectivityState(false));
    return client;
  }

  /** Without a connection there is nothing to do: the next one is by the new certificates. */
  #renew(): void {
    if (!hasConnection(this.state)) return;
    const successor = this.#open();
    this.#setState({ state: 'renewing', client: this.#client, successor });
    this.#dial(successor);
  }

  #advance(successor: Client, state: ChannelState): void {
    if (state !== 'READY') return state === 'IDLE' ? this.#dial(successor) : undefined;
    const [before, stateBefore] = [this.#client, this.state];
    this.#setState({ state: 'open', client: successor });
    // grpc-js lets the calls of a closed channel go on, and then ends its connection.
    before.close();
    if (stateBefore !== 'READY') this.#changed('READY');
    this.#renewals.notify();
  }

  #dial(client: Client): void {
    client.getChannel().getConnectivityState(true);
  }

  /** Returns how to say that TLS has failed. */
  #taken(client: Client): () => void {
    if (this.#client === client) this.#attempt.accepted();
    return () => {
      if (this.#client === client && this.#attempt.isOpen) this.#attempt.failed();
    };
  }

  #giveUpAttempt(): void {
    this.redial();
    this.#states.notify('TRANSIENT_FAILURE');
  }

  #changed(state: ChannelState): void {
    if (state === 'TRANSIENT_FAILURE' && this.#isKept && this.#attempt.hasThawed) return this.redial();
    if (this.#state.state === 'renewing' && !hasConnection(state))
      this.#setState({ state: 'open', client: this.#client });
    if (this.#isKept) this.#see(state);
    this.#states.notify(state);
  }

  #see(state: ChannelState): void {
    switch (state) {
      case 'CONNECTING':
        return this.#attempt.started();
      case 'TRANSIENT_FAILURE':
        return this.#attempt.failed();
      case 'IDLE':
      case 'READY':
      case 'SHUTDOWN':
        this.#attempt.stop();
        if (state === 'IDLE') this.#reconnects.idle();
        if (state === 'READY') this.#reconnects.ready();
    }
  }
}
