// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVmName, type Endpoint } from '@givc/model';
import type { CallSettings } from './call-settings.js';
import { GrpcDialer } from './dialer.js';
import type { OutgoingBidiCall } from './duplex-call.js';
import { RpcChannel } from './rpc-channel.js';

const bytes = (value: Buffer) => value;
const codec = {
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
};
/** An rpc whose messages are bytes. */
export const echo = { path: '/test.Echo/Echo', requestStream: true, responseStream: true, ...codec };

export const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc' };

/** A server of HTTP/2 that answers each stream as the test says, and a channel to it. */
export class ScriptedHttp2 {
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-'));
  readonly server: Http2Server = createServer();
  readonly sessions: ServerHttp2Session[] = [];
  readonly sockets: Socket[] = [];
  readonly endpoint: Endpoint = {
    name: parseVmName('name', 'admin-vm'),
    address: { protocol: 'unix', path: join(this.#folder, 'socket') },
  };
  channel!: RpcChannel;
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void = () => undefined;

  async start(messageBytes?: number): Promise<void> {
    this.server.on('connection', (socket: Socket) => this.sockets.push(socket.on('error', () => undefined)));
    this.server.on('session', (session) => this.sessions.push(session.on('error', () => undefined)));
    this.server.on('stream', (stream, headers) =>
      this.answer(
        stream.on('error', () => undefined),
        headers,
      ),
    );
    this.server.listen(join(this.#folder, 'socket'));
    await once(this.server, 'listening');
    this.channel = new RpcChannel(this.endpoint, new GrpcDialer(undefined), { messageBytes });
  }

  /** Answers with these chunks of data and trailers. */
  answerWith(
    chunks: readonly (Buffer | string)[],
    trailers: Record<string, string>,
    headers: object = grpcHeaders,
  ): void {
    this.answer = (stream) => {
      stream.respond({ ...headers }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers(trailers));
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
    };
  }

  unary(settings: CallSettings = {}): Promise<Buffer> {
    return this.channel.unary(
      { ...echo, requestStream: false, responseStream: false },
      Buffer.from('request'),
      settings,
    );
  }

  duplex(): OutgoingBidiCall<Buffer, Buffer> {
    return this.channel.duplex(echo);
  }

  close(): void {
    this.channel.close();
    for (const session of this.sessions) session.destroy();
    this.server.close();
    rmSync(this.#folder, { recursive: true });
  }
}
