// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { callerKey, callerOf } from '@givc/access';
import { callOf } from '@givc/rpc';

/**
 * While it is enabled, Node (20) calls hooks for each promise and each event of this process. So it is disabled while
 * no handler uses it, and the most frequent calls, those about one unit, pass their caller on as an argument.
 */
const callers = new AsyncLocalStorage<string | undefined>();

/** The caller on whose behalf the current code calls agents; undefined for the admin's own work. */
export const currentCaller = (): string | undefined => callers.getStore();

/** Runs the work, with everything that it awaits, on behalf of a caller. */
export const onBehalfOf = <T>(caller: string | undefined, work: () => T): T => callers.run(caller, work);

/** Runs work of the admin itself, which counts for no caller, also when a call has caused it. */
export const asOwnWork = <T>(work: () => T): T =>
  currentCaller() === undefined ? work() : onBehalfOf(undefined, work);

let users = 0;

function leave(): void {
  if (--users === 0) callers.disable();
}

/** Runs handlers that pass calls on to agents on behalf of their callers. */
@Injectable()
export class OnBehalfInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = callerKey(callerOf(callOf(context)));
    return new Observable((subscriber) => {
      users++;
      subscriber.add(leave);
      onBehalfOf(caller, () => next.handle().subscribe(subscriber));
    });
  }
}
