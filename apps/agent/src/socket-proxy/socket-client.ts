import { createServer, type Server, type Socket } from 'node:net';
import { formatAddress, GivcError, messageOf, type Endpoint } from '@givc/model';
import type { Log } from '@givc/log';
import { type Dialer, health, RpcChannel, services } from '@givc/rpc';
import type { RejectedUsers } from './rejected-users.js';
import { listenAtFile, type SocketFile } from './socket-file.js';
import { splice } from './splice.js';
import { clientFrameBytes, clientWindowBytes, halfCloseKey, supportsHalfClose } from './transfer-call.js';

const { transferData } = services['socketproxy.SocketStream'];
/** So that a peer that was cut off is given up within 10 s. */
const [probeEveryMs, probeLimitMs] = [3_000, 4_000];

export interface SocketClientOptions {
  readonly file: SocketFile;
  readonly peer: Endpoint;
  readonly maxConnections: number;
  /** Of whom a bus behind the socket takes no clients. */
  readonly rejected: Pick<RejectedUsers, 'add'>;
}

/**
 * A socket of this machine behind which is one of another: each connection to it is a call to the agent there, over one
 * lasting channel. A connection that cannot be made there is closed here at once.
 */
export class SocketClient {
  readonly #channel: RpcChannel;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #probe: NodeJS.Timeout | undefined;
  #complaint: string | undefined;
  #stop: () => void = () => undefined;

  constructor(
    private readonly options: SocketClientOptions,
    dialer: Dialer,
    private readonly log: Log,
  ) {
    this.#channel = new RpcChannel(options.peer, dialer, {
      windowBytes: clientWindowBytes,
      messageBytes: clientFrameBytes,
    });
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', () => this.#complain(`it has ${options.maxConnections} connections already`));
  }

  /** Resolves once the socket is there; FAILED_PRECONDITION when it cannot be. */
  async listen(): Promise<void> {
    this.#stop = await listenAtFile(this.#server, this.options.file);
    this.#channel.keepConnected();
  }

  /** Removes the socket and ends its connections. */
  close(): void {
    this.#stop();
    clearInterval(this.#probe);
    this.#channel.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #accept(socket: Socket): Promise<void> {
    this.#open.add(socket);
    this.#probe ??= setInterval(() => void this.#look(), probeEveryMs);
    const call = this.#channel.duplex(transferData, { metadata: { [halfCloseKey]: '1' } });
    let halfCloses = false;
    call.once('metadata', (metadata) => {
      halfCloses = supportsHalfClose(metadata);
      this.#complaint = undefined;
    });
    try {
      await splice(socket, call, {
        client: 'socket',
        halfCloses: () => halfCloses,
        onRejectedUser: (uid) => this.options.rejected.add(uid),
      });
    } catch (error) {
      call.cancel();
      this.#failed(error);
    } finally {
      this.#open.delete(socket);
      if (this.#open.size === 0) {
        clearInterval(this.#probe);
        this.#probe = undefined;
      }
    }
  }

  /** Asks the peer for a word, as any server of gRPC can give: a cable that was cut tells nobody. */
  async #look(): Promise<void> {
    try {
      await this.#channel.unary(health.HealthService.check, { service: '' }, { deadlineMs: probeLimitMs });
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'DEADLINE_EXCEEDED') this.#channel.redial();
    }
  }

  /** That a socket broke is its user's affair. */
  #failed(error: unknown): void {
    if (error instanceof GivcError && error.reason === 'ABORTED') this.log.debug('socket proxy', this.#fields(error));
    else this.#complain(messageOf(error));
  }

  /** Once for each reason, until a connection succeeds. */
  #complain(error: string): void {
    if (error !== this.#complaint) this.log.warn('socket proxy: a connection was closed', this.#fields(error));
    this.#complaint = error;
  }

  #fields(error: unknown): Record<string, string> {
    const { file, peer } = this.options;
    return { socket: file.path, peer: peer.name, address: formatAddress(peer.address), error: messageOf(error) };
  }
}
