import {
  Client,
  Metadata,
  connectivityState,
  credentials,
  type CallOptions,
  type ChannelCredentials,
  type ClientReadableStream,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { GivcError, type Endpoint } from '@givc/model';
import { errorOfStatus } from '../status.js';
import { LiveCredentials } from '../tls/live-credentials.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { targetOf } from './target.js';

export interface CallSettings {
  /** How long the call may take; without it, it may take for ever. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Sent ahead of the request, beside what gRPC itself sends. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The states of a channel: https://github.com/grpc/grpc/blob/master/doc/connectivity-semantics-and-api.md */
export type ChannelState = keyof typeof connectivityState;

/** Credentials to present to servers, made once and used for many channels; without an identity the calls are plain text. */
export const clientCredentials = (identity: TlsIdentity | undefined): ChannelCredentials =>
  identity ? new LiveCredentials(identity) : credentials.createInsecure();

/**
 * A lasting connection to one server. It connects at the first call or at `connect()`, and again by itself with a
 * backoff of 0.1 to 1 s. The server's certificate must carry the endpoint's name, whatever its address is.
 * A failed call rejects with a `GivcError` whose reason is the server's status; without a connection that is UNAVAILABLE.
 */
export class RpcChannel {
  readonly #client: Client;
  #closed = false;

  constructor(
    readonly endpoint: Endpoint,
    channelCredentials: ChannelCredentials,
  ) {
    this.#client = new Client(targetOf(endpoint.address), channelCredentials, {
      'grpc.ssl_target_name_override': endpoint.name,
      'grpc.default_authority': endpoint.name,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_channelz': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_retries': 0,
    });
  }

  unary<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { signal } = settings;
      if (signal?.aborted) return reject(new GivcError('CANCELLED', 'the caller hung up'));
      const cancel = () => call.cancel();
      const call = this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadataOf(settings),
        optionsOf(settings),
        (error: ServiceError | null, response?: Response) => {
          signal?.removeEventListener('abort', cancel);
          if (error) reject(errorOfStatus(error));
          else resolve(response as Response);
        },
      );
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** The messages in the server's order. Leaving the iteration, or aborting the signal, ends the call. */
  async *serverStream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    settings: CallSettings = {},
  ): AsyncGenerator<Response, void, undefined> {
    const call: ClientReadableStream<Response> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(settings),
      optionsOf(settings),
    );
    const cancel = () => call.cancel();
    settings.signal?.addEventListener('abort', cancel, { once: true });
    if (settings.signal?.aborted) cancel();
    try {
      yield* call as AsyncIterable<Response>;
    } catch (error) {
      throw errorOfStatus(error as ServiceError);
    } finally {
      settings.signal?.removeEventListener('abort', cancel);
      cancel();
    }
  }

  /** Starts to connect without waiting for a call. */
  connect(): void {
    this.#client.getChannel().getConnectivityState(true);
  }

  get state(): ChannelState {
    return connectivityState[this.#client.getChannel().getConnectivityState(false)] as ChannelState;
  }

  /** Calls `listener` with every change of the state that is still true when it is called, until the channel is closed. */
  onState(listener: (state: ChannelState) => void): void {
    const channel = this.#client.getChannel();
    const watch = (known: connectivityState) => {
      channel.watchConnectivityState(known, Infinity, () => {
        if (this.#closed) return;
        const current = channel.getConnectivityState(false);
        watch(current);
        if (current !== known) listener(connectivityState[current] as ChannelState);
      });
    };
    watch(channel.getConnectivityState(false));
  }

  /** Ends the connection; open calls fail with UNAVAILABLE or CANCELLED. */
  close(): void {
    this.#closed = true;
    this.#client.close();
  }
}

const optionsOf = ({ deadlineMs }: CallSettings): CallOptions =>
  deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };

function metadataOf({ metadata = {} }: CallSettings): Metadata {
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return sent;
}
