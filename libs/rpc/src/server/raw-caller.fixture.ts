// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthCheckRequest, HealthCheckResponse } from '../generated/grpc/health/v1/health.js';
import { frameOf } from '../wire/message.js';
import type { CallGate } from './call-gate.js';
import { rpcsHandledBy } from './handled-rpcs.fixture.js';
import type { HandledRpc } from './serve-call.js';
import { SocketTransport, type SocketTransportOptions } from './socket-transport.js';

/** A unary rpc, one that streams its responses, and one that streams both ways. */
export const [check, watch, transfer] = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/exec.Exec/RunCommand',
];
/** A request of `check` and of `watch`, `{ service: 'x' }`, with its prefix. */
export const request = frameOf(HealthCheckRequest.encode({ service: 'x' }).finish());
/** Their response `{ status: 1 }`, with its prefix. */
export const serving = frameOf(HealthCheckResponse.encode({ status: 1 }).finish());

/** What a client has seen of an answer. */
export interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly body: Buffer;
  /** The code of RST_STREAM. */
  readonly reset: number;
}

type Headers = Readonly<Record<string, string>>;
type Handlers = Readonly<Record<string, HandledRpc['handle']>>;

/** A server on a unix socket, and a client of it that sends what it likes. */
export class RawCaller {
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-'));
  #transport: SocketTransport | undefined;
  session!: ClientHttp2Session;

  async start(handlers: Handlers, options: Partial<SocketTransportOptions> = {}, gate?: CallGate): Promise<void> {
    const path = join(this.#folder, 'socket');
    this.#transport = new SocketTransport(
      { listen: [{ protocol: 'unix', path }], tls: undefined, ...options },
      () => gate,
    );
    await this.#transport.open(rpcsHandledBy(handlers));
    this.session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
    this.session.on('error', () => undefined);
    await once(this.session, 'remoteSettings');
  }

  async close(): Promise<void> {
    this.session.destroy();
    await this.#transport?.close();
    rmSync(this.#folder, { recursive: true });
  }

  open(rpc: string, more: Headers = {}) {
    return this.session
      .request({ ':method': 'POST', ':path': rpc, 'content-type': 'application/grpc', te: 'trailers', ...more })
      .on('error', () => undefined);
  }

  async answerOf(stream: ReturnType<RawCaller['open']>): Promise<Answer> {
    let [headers, trailers]: [IncomingHttpHeaders, IncomingHttpHeaders | undefined] = [{}, undefined];
    const body: Buffer[] = [];
    stream.on('response', (got) => (headers = got)).on('trailers', (got: IncomingHttpHeaders) => (trailers = got));
    stream.on('data', (chunk: Buffer) => body.push(chunk));
    await once(stream, 'close');
    return { headers, trailers, body: Buffer.concat(body), reset: stream.rstCode ?? 0 };
  }

  call(rpc: string, bytes: Buffer | undefined, more: Headers = {}): Promise<Answer> {
    const stream = this.open(rpc, more);
    stream.end(bytes);
    return this.answerOf(stream);
  }

  /** Resolves when the server has read all earlier data. */
  read(): Promise<void> {
    return new Promise((resolve) => void this.session.ping(() => resolve()));
  }
}
