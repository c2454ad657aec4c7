// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { formatAddress, messageOf, type Address } from '@givc/model';
import { Log } from '@givc/log';
import { openAt } from '@givc/rpc';
import { Metrics } from './metrics.js';

/** The maximum number of connections, enough for scrapers and a person at the same time; further ones are closed. */
const maxConnections = 8;
const limitMs = 5_000;

/**
 * Answers `GET /metrics` in plain HTTP, one request for each connection. A connection that does not send a request, or
 * does not read, within 5 s is closed.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #server = createServer(
    {
      maxHeaderSize: 4_096,
      headersTimeout: limitMs,
      requestTimeout: limitMs,
      connectionsCheckingInterval: limitMs / 5,
    },
    (request, response) => void this.#answer(request, response),
  );
  #address: Address;

  constructor(
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.#address = metrics.listen;
    this.#server.maxConnections = maxConnections;
    this.#server.setTimeout(limitMs);
  }

  /** Its listen address, with the actual port. */
  get address(): Address {
    return this.#address;
  }

  /** Rejects with FAILED_PRECONDITION when the address is in use. */
  async onApplicationBootstrap(): Promise<void> {
    this.#address = await openAt(this.#server, this.metrics.listen);
    this.log.info('serving metrics', { address: formatAddress(this.#address) });
  }

  onApplicationShutdown(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('connection', 'close');
    if (url?.split('?', 1)[0] !== '/metrics') return reject(response, 404, 'there is only /metrics');
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return reject(response, 405, 'metrics are for GET and HEAD');
    }
    try {
      const text = await this.metrics.text();
      response.setHeader('content-type', this.metrics.contentType);
      response.setHeader('content-length', Buffer.byteLength(text));
      response.end(text);
    } catch (error) {
      this.log.error('metrics cannot be read', { error: messageOf(error) });
      reject(response, 500, 'the log of this daemon says why');
    }
  }
}

function reject(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
