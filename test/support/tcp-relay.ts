// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Endpoint } from '@givc/model';

/** Both sides of a connection that passes through. */
interface Passage {
  readonly client: Socket;
  readonly server: Socket;
}

/** The network between a client and a server, which passes on all bytes until a test interferes. */
export class TcpRelay {
  /** The connections that are open, oldest first. */
  readonly passages: Passage[] = [];
  readonly #server: Server;

  private constructor(private readonly port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const server = connect({ host: '127.0.0.1', port: this.port, allowHalfOpen: true });
      const passage = { client, server };
      this.passages.push(passage);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        from.on('error', () => undefined).pipe(to);
        from.once('close', () => {
          to.destroy();
          const index = this.passages.indexOf(passage);
          if (index >= 0) this.passages.splice(index, 1);
        });
      }
    });
  }

  static async start(to: Endpoint): Promise<TcpRelay> {
    const relay = new TcpRelay(to.address.protocol === 'tcp' ? to.address.port : 0);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** The server as a client reaches it through the relay. */
  through({ name }: Endpoint): Endpoint {
    const { port } = this.#server.address() as AddressInfo;
    return { name, address: { protocol: 'tcp', host: '127.0.0.1', port } };
  }

  /** The network ends the direction of a connection that leads to the server; neither of its ends has. */
  endToServer(index: number): void {
    const { client, server } = this.passages[index]!;
    client.unpipe(server);
    client.resume();
    server.end();
  }

  /** From the connection of this index on, those that are open now pass on nothing more, and do not end. */
  drop(from: number): void {
    for (const { client, server } of this.passages.slice(from)) {
      client.unpipe(server).resume();
      server.unpipe(client).resume();
    }
  }

  stop(): void {
    this.#server.close();
    for (const { client, server } of [...this.passages]) {
      client.destroy();
      server.destroy();
    }
  }
}
