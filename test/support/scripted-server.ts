// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Server, ServerCredentials, status, type ServerWritableStream, type ServiceError } from '@grpc/grpc-js';
import { rpcName, services, type ServiceName } from '@givc/rpc';

type AnyMethod = Parameters<typeof rpcName>[0] & { readonly responseStream: boolean };

/** The answers by the name of the rpc: one message, or all messages of a stream. */
export type Answers = Readonly<Record<string, object | readonly object[]>>;

/** A server of every service of the contract, in plain text, with predefined answers. */
export class ScriptedServer {
  readonly #server = new Server();
  /** The error with which every rpc fails instead of an answer. */
  failure: { readonly code: status; readonly details: string } | undefined;

  /** Listens on a unix socket at `path`. An rpc without an answer fails with UNIMPLEMENTED. */
  static async start(path: string, answers: Answers): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    for (const name of Object.keys(services) as ServiceName[]) {
      const methods = Object.entries(services[name]) as [string, AnyMethod][];
      const handlers = methods.map(
        ([key, method]) => [key, scripted.#handler(method, answers[rpcName(method)])] as const,
      );
      scripted.#server.addService(services[name], Object.fromEntries(handlers));
    }
    await new Promise<void>((resolve, reject) =>
      scripted.#server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    return scripted;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #handler({ responseStream }: AnyMethod, answer: Answers[string] | undefined) {
    const failed = (): Partial<ServiceError> | undefined => {
      if (this.failure) return this.failure;
      return answer === undefined ? { code: status.UNIMPLEMENTED, details: 'no answer is scripted' } : undefined;
    };
    if (!responseStream)
      return (_: unknown, done: (error: Partial<ServiceError> | null, answer?: unknown) => void) =>
        done(failed() ?? null, answer);
    return (call: ServerWritableStream<unknown, unknown>) => {
      const error = failed();
      if (error) return void call.emit('error', error);
      for (const message of answer as readonly object[]) call.write(message);
      call.end();
    };
  }
}
