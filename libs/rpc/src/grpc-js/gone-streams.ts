// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Server } from '@grpc/grpc-js';
import { interceptStreams } from './streams.js';

/**
 * Keeps streams from a server that their caller has already reset; call this before it listens. grpc-js (1.14.7) answers a
 * call of an unknown rpc, or one that is no gRPC, without a look at the stream; on one that is gone, Node throws where it
 * cannot be caught, and the process ends: test/e2e/broken-http2.spec.ts shows it without this.
 */
export function ignoreGoneStreams(server: Server): void {
  interceptStreams(server, (stream, handle) => {
    if (stream.closed || stream.destroyed) stream.on('error', () => undefined);
    else handle();
  });
}
