// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { EventEmitter } from 'node:events';
import { status, type ClientUnaryCall } from '@grpc/grpc-js';
import { Timeout } from '@givc/time';

/** A call of any kind, in the types of grpc-js. */
type OpenCall = Pick<ClientUnaryCall, 'call'> & EventEmitter;

/**
 * Ends a call with DEADLINE_EXCEEDED after this time, measured by `Timeout`. The deadlines of grpc-js are wall clock
 * times, whose timers end a call after a freeze although its answer is in the socket; so do those of a server for the
 * header grpc-timeout, which is therefore not sent. The server is notified of the end of the call.
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
