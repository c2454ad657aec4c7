// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on a port of its own; undefined paths are answered with 404. */
export class WebServer {
  readonly #handlers = new Map<string, Handler>();
  /** The requests, such as `GET /firewall`, in order. */
  readonly requests: string[] = [];
  readonly #server = createServer((request, response) => {
    this.requests.push(`${request.method} ${request.url}`);
    const handler = this.#handlers.get(request.url ?? '');
    if (handler) handler(request, response);
    else response.writeHead(404).end();
    this.#wake();
  });
  #wake: () => void = () => undefined;

  static async start(): Promise<WebServer> {
    const server = new WebServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  on(path: string, handler: Handler): void {
    this.#handlers.set(path, handler);
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Resolves once this has been requested this many times. */
  async asked(request: string, times: number): Promise<void> {
    while (this.requests.filter((one) => one === request).length < times)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
