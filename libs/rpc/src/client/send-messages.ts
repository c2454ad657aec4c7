// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { GivcError } from '@givc/model';
import type { Rpc } from '../rpc.js';
import { errorOfStatus, type CallError } from '../status.js';
import { status } from '../wire/status-codes.js';
import type { CallSettings } from './call-settings.js';
import type { CallChannel } from './client-call.js';
import { DuplexCall } from './duplex-call.js';

/** Implements `RpcChannel.clientStream`. */
export function sendMessages<Request, Response>(
  channel: CallChannel,
  method: Rpc<Request, Response>,
  messages: AsyncIterable<Request> | Iterable<Request>,
  settings: CallSettings,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (settings.signal?.aborted) return reject(new GivcError('CANCELLED', 'the caller hung up'));
    const source = Readable.from(messages);
    const call = new DuplexCall(method, settings, channel);
    const responses: Response[] = [];
    let failure: Error | undefined;
    call.on('data', (response: Response) => {
      if (responses.push(response) === 1) return;
      failure ??= errorOfStatus({ code: status.UNIMPLEMENTED, details: 'more than one response' });
      call.cancel();
    });
    call.on('error', (error: CallError) => {
      failure ??= errorOfStatus(error);
    });
    call.once('end', () => {
      source.unpipe().destroy();
      if (responses.length === 1 && failure === undefined) resolve(responses[0]!);
      else reject(failure ?? errorOfStatus({ code: status.UNIMPLEMENTED, details: 'no response' }));
    });
    source.on('error', (error) => {
      failure = error;
      call.cancel();
    });
    source.pipe(call);
  });
}
