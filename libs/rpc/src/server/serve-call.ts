// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '../wire/status-codes.js';
import type { CallTransport, CallReceiver } from './call-transport.js';
import type { ServerRpc } from './server-rpc.js';
import { StreamingCall } from './streaming-call.js';
import { UnaryCall } from './unary-call.js';

/** An rpc and its handler. */
export interface HandledRpc extends ServerRpc {
  /** Answers a call; `request` is undefined if its caller streams. */
  handle(call: UnaryCall | StreamingCall, request: unknown): void;
}

/** The receiver of a call with one request; the handler runs when the caller has ended the request. */
class SingleRequest implements CallReceiver {
  readonly unread = 0;
  #request: unknown;
  #count = 0;
  #call: UnaryCall | StreamingCall | undefined;

  constructor(
    private readonly rpc: HandledRpc,
    private readonly transport: CallTransport,
  ) {}

  onMessage(message: unknown): boolean {
    this.#request = message;
    if (++this.#count > 1) this.#reject('too many request messages');
    return true;
  }

  onEnd(): void {
    if (this.#count === 0) return this.#reject('no request message');
    if (this.#count > 1) return;
    const call = (this.#call = this.rpc.responseStream
      ? new StreamingCall(this.transport, this.rpc)
      : new UnaryCall(this.transport));
    this.rpc.handle(call, this.#request);
    this.#request = undefined;
  }

  onCancelled(): void {
    if (this.#call instanceof UnaryCall) this.#call.cancel();
    else this.#call?.onCancelled();
  }

  #reject(problem: string): void {
    this.transport.sendStatus({ code: status.UNIMPLEMENTED, details: `${problem} for ${this.rpc.path.slice(1)}` });
  }
}

/** Starts the handler of an rpc for the call of a transport. */
export function serveCall(rpc: HandledRpc, transport: CallTransport): CallReceiver {
  if (!rpc.requestStream) return new SingleRequest(rpc, transport);
  const call = new StreamingCall(transport, rpc);
  rpc.handle(call, undefined);
  return call;
}
