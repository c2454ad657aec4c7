// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { LoggerService } from '@nestjs/common';
import { GivcError, messageOf } from '@givc/model';
import type { CallChain } from './call-chain.js';
import { HandlerRun, type AnyCall } from './handler-run.js';

/** How a handler of Nest is called, and what its result is. */
export interface Handler {
  call(call: AnyCall, request: unknown): Promise<unknown>;
  use(run: HandlerRun, result: unknown): void;
  /** Whether the handler is left when its caller cancels; otherwise it continues. */
  readonly isLeft: boolean;
}

/** Runs the handlers of a server, each behind the chain. */
export class HandlerRuns {
  readonly #open = new Set<HandlerRun>();

  constructor(
    private readonly chain: CallChain,
    private readonly logger: Pick<LoggerService, 'error'>,
  ) {}

  run(handler: Handler, call: AnyCall, request: unknown): void {
    const run = new HandlerRun(call, this.#open);
    try {
      run.enter(this.chain, request);
    } catch (error) {
      if (!(error instanceof GivcError)) this.#logBug(call, error);
      return run.fail(error);
    }
    if (handler.isLeft) call.once('cancelled', () => run.cancel());
    handler.call(call, request).then(
      (result) => handler.use(run, result),
      (error: unknown) => run.fail(error),
    );
  }

  /** Leaves all handlers, and ends their calls with the status of an error. */
  close(error: GivcError): void {
    for (const run of [...this.#open]) run.close(error);
  }

  #logBug(call: AnyCall, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
    this.logger.error(`a guard or interceptor of ${call.getPath()} failed: ${text}`);
  }
}
