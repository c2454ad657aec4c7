// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Rpc } from '../rpc.js';
import { errorOfStatus } from '../status.js';
import { status } from '../wire/status-codes.js';
import type { CallSettings } from './call-settings.js';
import { ClientCall, type CallChannel, type CallReceiver } from './client-call.js';
import { parsingFailure, serialized } from './codec-failure.js';
import type { CallOutcome, CallStream } from './connection.js';

/** A call with one request and one response. */
class UnaryCall<Response> implements CallReceiver {
  readonly call: ClientCall;
  #response: Buffer | undefined;

  constructor(
    private readonly method: Pick<Rpc<unknown, Response>, 'path' | 'responseDeserialize'>,
    private readonly request: Buffer,
    settings: CallSettings,
    channel: CallChannel,
    private readonly resolve: (response: Response) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.call = new ClientCall(method.path, settings, channel, this);
  }

  onBegin(stream: CallStream): void {
    stream.end(this.request);
  }

  onHeaders(): void {}

  onMessage(message: Buffer): void {
    if (this.#response) this.call.fail({ code: status.UNIMPLEMENTED, details: 'more than one response' });
    this.#response = message;
  }

  onEnd(outcome: CallOutcome): void {
    if (outcome.code !== status.OK) return this.reject(errorOfStatus(outcome));
    if (!this.#response) return this.reject(errorOfStatus({ code: status.UNIMPLEMENTED, details: 'no response' }));
    let response: Response;
    try {
      response = this.method.responseDeserialize(this.#response);
    } catch (error) {
      return this.reject(errorOfStatus(parsingFailure(error)));
    }
    this.resolve(response);
  }
}

/** Implements `RpcChannel.unary`. */
export function callUnary<Request, Response>(
  channel: CallChannel,
  method: Rpc<Request, Response>,
  request: Request,
  settings: CallSettings,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const bytes = serialized(method, request);
    if (!Buffer.isBuffer(bytes)) return reject(errorOfStatus(bytes));
    new UnaryCall(method, bytes, settings, channel, resolve, reject).call.start();
  });
}
