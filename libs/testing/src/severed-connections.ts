// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Endpoint } from '@givc/model';

/** A relay in front of a server. A test can sever its connections. */
export class SeveredConnections {
  readonly #sockets = new Set<Socket>();
  readonly #relay = createServer((caller) => {
    const server = connect(this.port, '127.0.0.1');
    for (const [from, to] of [
      [caller, server],
      [server, caller],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => undefined).pipe(to);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  });
  /** The endpoint of the relay, with the name of the server behind it. */
  endpoint!: Endpoint;

  private constructor(private readonly port: number) {}

  /** Listens on its own port in front of this server; `endpoint` has that port. */
  static async start({ name, address }: Endpoint): Promise<SeveredConnections> {
    if (address.protocol !== 'tcp') throw new Error('only connections over TCP are severed');
    const relay = new SeveredConnections(address.port);
    await once(relay.#relay.listen(0, '127.0.0.1'), 'listening');
    const { port } = relay.#relay.address() as AddressInfo;
    relay.endpoint = { name, address: { protocol: 'tcp', host: '127.0.0.1', port } };
    return relay;
  }

  /** Ends every connection abruptly; new ones are accepted. */
  sever(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends every connection, and accepts no more. */
  stop(): Promise<void> {
    this.sever();
    return new Promise((resolve) => this.#relay.close(() => resolve()));
  }
}
