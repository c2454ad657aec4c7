import type { Socket } from 'node:net';

/**
 * The TLS handshakes that have begun and not ended, bounded for each address: one more ends the oldest of the same
 * address. Whoever opens connections and says nothing loses them to himself and keeps nobody out.
 */
export class Handshakes {
  readonly #open = new Map<string, Map<number, Socket>>();

  constructor(private readonly maxOfAddress: number) {}

  begin(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) return;
    const sockets = this.#open.get(address) ?? new Map<number, Socket>();
    this.#open.set(address, sockets);
    if (sockets.size >= this.maxOfAddress) {
      const [oldest] = sockets.values();
      this.end(oldest!);
      oldest!.destroy();
    }
    sockets.set(port, socket);
    socket.once('close', () => this.end(socket));
  }

  /** Also of one that was ended before. `socket` is the connection, with or without TLS on top of it. */
  end({ remoteAddress: address, remotePort: port }: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    const sockets = address === undefined ? undefined : this.#open.get(address);
    sockets?.delete(port!);
    if (sockets?.size === 0) this.#open.delete(address!);
  }
}
