// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { GivcError } from '@givc/model';
import { status } from '../wire/status-codes.js';
import { rejectStream } from './call-answer.js';
import type { CallGate } from './call-gate.js';
import type { CallObserver } from './call-observer.js';
import type { ServerConnection } from './server-connection.js';
import { headerBytes } from './header-limit.js';
import { IncomingCall, type CallSurroundings } from './incoming-call.js';
import type { ServerLimits } from './limits.js';
import { OpenStreams } from './open-streams.js';
import { PeerBudgets } from './peer-budgets.js';
import { PeerThrottle } from './peer-throttle.js';
import { ProgressWatchdog } from './progress-watchdog.js';
import type { HandledRpc } from './serve-call.js';
import { UnreadAnswers } from './unread-answers.js';

/** `application/grpc`, with the format of the messages or parameters. */
const grpcContent = /^application\/grpc(\+proto)?(;|$)/;

/**
 * The streams of all connections of a server, each a call of one of its rpcs.
 *
 * A session of HTTP/2 passes its streams to `IncomingStreams`, which makes an `IncomingCall` of each: its stream,
 * budget and gate. It is the `CallTransport` of the call that the handler gets, a `UnaryCall` or a `StreamingCall`.
 */
export class IncomingStreams {
  readonly #throttle = new PeerThrottle();
  readonly #open: OpenStreams;
  readonly #surroundings: CallSurroundings;

  constructor(
    private readonly rpcs: ReadonlyMap<string, HandledRpc>,
    private readonly limits: ServerLimits,
    private readonly observer: CallObserver | undefined,
    gate: () => CallGate | undefined,
  ) {
    this.#open = new OpenStreams(limits.openStreamsOfPeer);
    this.#surroundings = {
      budgets: new PeerBudgets(limits),
      unfinished: new ProgressWatchdog(limits.messageMs),
      unread: new UnreadAnswers(limits),
      admit: (call) => gate()?.open(call),
      rejected: (call, error: GivcError) => gate()?.rejected(call, error),
    };
  }

  /** Serves the streams of a connection. */
  follow(connection: ServerConnection): void {
    const { session, origin } = connection;
    if (origin !== undefined) this.#throttle.follow(session, origin);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
      // Without a listener, a stream that its caller resets would end the process.
      stream.on('error', () => undefined);
      // The stream is reset; clients report that as RESOURCE_EXHAUSTED.
      if (headerBytes(raw) > this.limits.headerBytes) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      if (origin === undefined) return this.#begin(connection, stream, headers);
      if (this.#open.add(session, origin, stream))
        this.#throttle.begin(origin, () => this.#begin(connection, stream, headers));
    });
  }

  #begin(connection: ServerConnection, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (stream.closed || stream.destroyed) return;
    if (!grpcContent.test(headers['content-type'] ?? ''))
      return void stream.respond({ ':status': 415 }, { endStream: true });
    const rpc = this.rpcs.get(headers[':path']!);
    if (!rpc || headers[':method'] !== 'POST') {
      const details = `this server does not implement ${String(headers[':path']).slice(0, 200)}`;
      return rejectStream(stream, { code: status.UNIMPLEMENTED, details });
    }
    const call = new IncomingCall(rpc, connection, stream, headers, this.#surroundings);
    if (this.observer) {
      const ended = this.observer.began(rpc.path.slice(1), !rpc.requestStream && !rpc.responseStream);
      stream.once('close', () => ended(call.sentStatus));
    }
    call.open();
  }
}
