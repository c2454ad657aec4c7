// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Rpc } from '../rpc.js';
import { errorOfStatus, type CallError } from '../status.js';
import type { CallSettings } from './call-settings.js';
import type { CallChannel } from './client-call.js';
import { serialized } from './codec-failure.js';
import { DuplexCall } from './duplex-call.js';

/** Implements `RpcChannel.serverStream`. */
export async function* callServerStream<Request, Response>(
  channel: CallChannel,
  method: Rpc<Request, Response>,
  request: Request,
  settings: CallSettings,
): AsyncGenerator<Response, void, undefined> {
  const bytes = serialized(method, request);
  if (!Buffer.isBuffer(bytes)) throw errorOfStatus(bytes);
  const call = new DuplexCall(method, settings, channel, bytes);
  try {
    yield* call as AsyncIterable<Response>;
  } catch (error) {
    throw errorOfStatus(error as CallError);
  } finally {
    call.destroy();
  }
}
