// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Client, credentials, Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';

const bytes = (value: Buffer) => value;

/** The path of the only method of a `RawServer`, which returns the bytes that it gets. */
export const echoPath = '/test.Echo/Echo';

/** A server of grpc-js itself with one method, and a client of it. */
export class RawServer {
  readonly server: Server;
  port = 0;
  readonly #clients: Client[] = [];

  constructor(...interceptors: ServerInterceptor[]) {
    this.server = new Server({ 'grpc.enable_channelz': 0, interceptors });
    const method = { path: echoPath, requestStream: false, responseStream: false } as const;
    this.server.addService(
      {
        echo: {
          ...method,
          ...{ requestSerialize: bytes, requestDeserialize: bytes },
          ...{ responseSerialize: bytes, responseDeserialize: bytes },
        },
      },
      {
        echo: (call: { readonly request: Buffer }, callback: (error: null, value: Buffer) => void) =>
          callback(null, call.request),
      },
    );
  }

  async listen(): Promise<void> {
    this.port = await new Promise((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  /** Resolves with the answer to one call, `echo`. */
  call(): Promise<string> {
    const client = new Client(`127.0.0.1:${this.port}`, credentials.createInsecure());
    this.#clients.push(client);
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(echoPath, bytes, bytes, Buffer.from('echo'), (error, value) =>
        error ? reject(error) : resolve(String(value)),
      ),
    );
  }

  close(): void {
    for (const client of this.#clients) client.close();
    this.server.forceShutdown();
  }
}
