// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ArgumentsHost, CanActivate } from '@nestjs/common';
import type { GivcError } from '@givc/model';
import type { CallGate } from './call-gate.js';
import type { ServerCall } from './call.js';

/** A guard of Nest that decides at once. */
export interface CallGuard extends CanActivate {
  /** Throws the GivcError with which the caller is rejected; false is PERMISSION_DENIED. */
  canActivate(context: ArgumentsHost): boolean;
}

/** Is called with the name of the status of the call; CANCELLED when the call was given up before its handler ended. */
export type CallEnded = (answer: string, message?: string) => void;

/** An interceptor without the Observables of Nest's. */
export interface CallInterceptor {
  /**
   * Called before the handler, which is not called when this throws: the caller is rejected with its GivcError.
   * `request` is undefined where the caller streams. `fail` ends a call whose handler has not ended. The returned
   * function is called once, when the handler has ended or the call is given up.
   */
  intercept(call: ServerCall, request: unknown, fail: (error: GivcError) => void): CallEnded;
}

/**
 * What precedes every handler of a server. The server itself calls it, in a straight line: the guards and interceptors
 * of a Nest application cost each call promises and Observables, about a third of the CPU time of a small call.
 */
export interface CallChain {
  /** Decides about each call when it opens. */
  readonly gate?: CallGate;
  /** In their order, once the request has arrived. */
  readonly guards: readonly CallGuard[];
  /** After the guards. */
  readonly interceptor?: CallInterceptor;
}
