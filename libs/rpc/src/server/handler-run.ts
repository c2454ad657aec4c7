// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isObservable, type Observable, type Observer, type Subscription } from 'rxjs';
import { GivcError } from '@givc/model';
import type { CallChain, CallEnded } from './call-chain.js';
import { CallContext } from './call-context.js';
import type { StreamingCall } from './streaming-call.js';
import type { UnaryCall } from './unary-call.js';

export type AnyCall = UnaryCall | StreamingCall;

/** A call from its guards until its handler ends or is left; later results are ignored. */
export class HandlerRun {
  #isOpen = true;
  #subscription: Subscription | undefined;
  #ended: CallEnded | undefined;

  constructor(
    private readonly call: AnyCall,
    private readonly open: Set<HandlerRun>,
  ) {
    open.add(this);
  }

  /** Passes the call through the chain. Throws the error with which that rejects it. */
  enter({ guards, interceptor }: CallChain, request: unknown): void {
    const context = new CallContext(this.call, request);
    for (const guard of guards)
      if (!guard.canActivate(context)) throw new GivcError('PERMISSION_DENIED', 'the call is not permitted');
    this.#ended = interceptor?.intercept(this.call, request, (error) => this.fail(error));
  }

  /** The first value of the result is the response. */
  answer(result: unknown): void {
    const { call } = this;
    if (!this.#isOpen) return;
    if (!isObservable(result)) {
      call.answer(result);
      return this.#end('OK');
    }
    let hasAnswered = false;
    this.#follow(result, {
      next: (value) => {
        if (hasAnswered) return;
        hasAnswered = true;
        call.answer(value);
      },
      complete: () => {
        if (hasAnswered) this.#end('OK');
        else this.fail(new Error('the handler has no response'));
      },
    });
  }

  /** Each value of the result is a response. */
  stream(result: unknown): void {
    if (!this.#isOpen) return;
    const call = this.call as StreamingCall;
    const end = () => {
      this.#end('OK');
      call.end();
    };
    if (isObservable(result)) return this.#follow(result, { next: (value) => call.write(value), complete: end });
    if (result !== undefined) call.write(result);
    end();
  }

  /** The handler has written its responses to the call, or does so until its result completes. */
  written(result: unknown): void {
    if (!this.#isOpen) return;
    if (isObservable(result)) this.#follow(result, { complete: () => this.#end('OK') });
    else this.#end('OK');
  }

  /** Ends the call with the status of an error. */
  fail(error: unknown): void {
    if (!this.#isOpen) return;
    if (error instanceof GivcError) this.#end(error.reason, error.message);
    else this.#end('INTERNAL');
    this.call.fail(error);
  }

  /** Leaves the handler. */
  cancel(): void {
    this.#end('CANCELLED');
  }

  /** Leaves the handler, and ends the call with the status of an error. */
  close(error: GivcError): void {
    this.cancel();
    this.call.fail(error);
  }

  #follow(result: Observable<unknown>, observer: Partial<Observer<unknown>>): void {
    const subscription = result.subscribe({ ...observer, error: (error: unknown) => this.fail(error) });
    if (this.#isOpen) this.#subscription = subscription;
    else subscription.unsubscribe();
  }

  #end(answer: string, message?: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.open.delete(this);
    this.#ended?.(answer, message);
    this.#subscription?.unsubscribe();
  }
}
