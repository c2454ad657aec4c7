// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable, type Writable } from 'node:stream';
import type { Client, ClientWritableStream, ServiceError } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import { metadataOf } from '../metadata.js';
import type { Rpc } from '../rpc.js';
import { errorOfStatus } from '../status.js';
import type { CallSettings } from './call-settings.js';

/** `RpcChannel.clientStream` over one client; `opened` returns a function that is called when the call has ended. */
export function sendMessages<Request, Response>(
  client: Client,
  method: Rpc<Request, Response>,
  messages: AsyncIterable<Request> | Iterable<Request>,
  settings: CallSettings,
  opened: (call: ClientWritableStream<Request>, cancel: () => void) => () => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = settings;
    if (signal?.aborted) return reject(new GivcError('CANCELLED', 'the caller hung up'));
    const source = Readable.from(messages);
    const cancel = () => call.cancel();
    let failure: unknown;
    const call = client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadataOf(settings.metadata),
      (error: ServiceError | null, response?: Response) => {
        signal?.removeEventListener('abort', cancel);
        ended();
        source.unpipe().destroy();
        if (error) reject(failure instanceof Error ? failure : errorOfStatus(error));
        else resolve(response as Response);
      },
    );
    const ended = opened(call, cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    source.on('error', (error) => {
      failure = error;
      cancel();
    });
    const sink: Writable = call;
    source.pipe(sink);
  });
}
