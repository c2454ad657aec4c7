// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The reply to the message with the serial number 1, as bytes: little endian, without a body. */
const replyToFirst = Buffer.from([
  ...[0x6c, 2, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0],
  ...[8, 0, 0, 0, 5, 1, 0x75, 0, 1, 0, 0, 0],
]);

/** A bus that accepts one client, without authentication, and answers its first message. */
export class FakeBus {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-fake-bus-'));
  readonly #server: Server = createServer((socket) => this.#accept(socket));
  #client!: Socket;
  /** All that the client has sent. */
  received = '';
  #onReceived: () => void = () => undefined;

  /** `name` is the name of the socket, `answer` the answer to a client's authentication. */
  constructor(
    name = 'bus',
    private readonly answer = 'OK 0123456789abcdef0123456789abcdef\r\n',
  ) {
    this.path = join(this.#folder, name);
  }

  async listen(): Promise<this> {
    await once(this.#server.listen(this.path), 'listening');
    return this;
  }

  /** Resolves once the client has sent this. */
  async receive(text: string): Promise<void> {
    while (!this.received.includes(text)) await new Promise<void>((resolve) => (this.#onReceived = resolve));
  }

  reply(): void {
    this.write(replyToFirst);
  }

  write(bytes: Uint8Array): void {
    this.#client.write(bytes);
  }

  /** Ends the connection; resolves when the client has ended its side, too. */
  async hangUp(): Promise<void> {
    const closed = once(this.#client, 'close');
    this.#client.end();
    await closed;
  }

  close(): void {
    this.#client?.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    this.#client = socket;
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      this.received += text;
      if (text.includes('AUTH')) socket.write(this.answer);
      this.#onReceived();
    });
  }
}
