// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Server } from '@grpc/grpc-js';
import { interceptStreams } from './streams.js';

/**
 * Drops streams that their caller has already reset; call this before the server listens. grpc-js (1.14.7) answers a
 * call of an unknown rpc, or one that is not gRPC, without checking the stream; for a closed stream, Node throws where
 * the error cannot be caught, and the process ends: test/e2e/broken-http2.spec.ts fails without this.
 */
export function ignoreGoneStreams(server: Server): void {
  interceptStreams(server, (stream, handle) => {
    if (stream.closed || stream.destroyed) stream.on('error', () => undefined);
    else handle();
  });
}
