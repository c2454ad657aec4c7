// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerInterceptor, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { GivcError } from '@givc/model';
import type { InterceptedCall } from '../grpc-js/intercepted-call.js';
import { messageLimit } from '../message-limits.js';
import type { CallGate, OpeningCall } from './call-gate.js';
import { IncomingCall, type MessageStream } from './incoming-call.js';
import type { ServerLimits } from './limits.js';
import { PeerBudgets } from './peer-budgets.js';
import { peerKey } from './peer-key.js';
import { ProgressWatchdog } from './progress-watchdog.js';
import { UnreadAnswers } from './unread-answers.js';

type Handler = (call: MessageStream, ...more: unknown[]) => unknown;

/** The calls of a server; each is counted and authorized as soon as its stream opens. */
export class IncomingCalls {
  readonly #budgets: PeerBudgets;
  /** The parts of its streams that wait for callers. */
  readonly unfinished: ProgressWatchdog;
  readonly #unread: UnreadAnswers;
  readonly #streaming = new WeakMap<InterceptedCall, IncomingCall>();

  constructor(
    limits: ServerLimits,
    private readonly gate: () => CallGate | undefined,
  ) {
    this.#budgets = new PeerBudgets(limits);
    this.unfinished = new ProgressWatchdog(limits.messageMs);
    this.#unread = new UnreadAnswers(limits);
  }

  /** Runs after the interceptors that identify the caller. A call that is refused here never reaches its handler. */
  readonly interceptor: ServerInterceptor = ({ path, requestStream }, listening) => {
    const call = listening as InterceptedCall;
    const opening: OpeningCall = {
      getAuthContext: () => call.getAuthContext(),
      getPeer: () => call.getPeer(),
      getPath: () => path,
    };
    const onRefused = (error: GivcError) => this.gate()?.refused(opening, error);
    const limit = messageLimit(path);
    const incoming = new IncomingCall(call, {
      ...{ path, requestStream, limit, onRefused },
      ...{ budgets: this.#budgets, unfinished: this.unfinished, unread: this.#unread },
    });
    try {
      incoming.open(peerKey(call));
    } catch (error) {
      incoming.end(error as GivcError);
      onRefused(error as GivcError);
      return call;
    }
    try {
      this.gate()?.open(opening);
    } catch (error) {
      incoming.end(error as GivcError);
      return call;
    }
    if (requestStream) this.#streaming.set(call, incoming);
    return call;
  };

  /** Wraps the handlers of a service, so that it is known what they have read. */
  following(service: ServiceDefinition, handlers: UntypedServiceImplementation): UntypedServiceImplementation {
    const streaming = Object.keys(service).filter((rpc) => service[rpc]!.requestStream && handlers[rpc]);
    return {
      ...handlers,
      ...Object.fromEntries(streaming.map((rpc) => [rpc, this.#following(handlers[rpc] as unknown as Handler)])),
    } as UntypedServiceImplementation;
  }

  #following(handler: Handler): Handler {
    return (messages, ...more) => {
      const incoming = this.#streaming.get(messages.call);
      if (incoming) incoming.messages = messages;
      return handler(messages, ...more);
    };
  }
}
