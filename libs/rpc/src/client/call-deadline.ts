// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events';
import { status, type ClientUnaryCall } from '@grpc/grpc-js';
import { Timeout } from '@givc/time';

/** A call of any kind, as grpc-js returns it. */
type OpenCall = Pick<ClientUnaryCall, 'call'> & EventEmitter;

/**
 * Ends a call with DEADLINE_EXCEEDED when it has taken so long, measured as `Timeout` does. The deadlines of grpc-js are
 * points of the wall clock, whose timers end a call after a freeze although its answer lies in the socket; so are those
 * that a server makes of the header grpc-timeout, which is why it is not sent. The end of the call is sent to the server.
 */
export function setDeadline(call: OpenCall, deadlineMs: number | undefined, isConnected: () => boolean): void {
  if (deadlineMs === undefined) return;
  const timeout = new Timeout(
    deadlineMs,
    () => {
      const what = `Deadline exceeded after ${(deadlineMs / 1_000).toFixed(3)}s`;
      const details = isConnected() ? what : `${what}, waiting for a connection`;
      call.call?.cancelWithStatus(status.DEADLINE_EXCEEDED, details);
    },
    { unref: true },
  );
  call.once('status', () => timeout.cancel());
}
