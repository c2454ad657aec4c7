// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { GivcError, messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { callOf } from './call.js';

/**
 * Passes on the `GivcError` of a handler. The AbortError of a call whose caller has cancelled is CANCELLED. Any other
 * error is a bug: INTERNAL, and logged.
 */
@Catch()
export class GivcErrorFilter implements RpcExceptionFilter<unknown> {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const passed = this.#givcError(error, host);
    return throwError(() => passed);
  }

  #givcError(error: unknown, host: ArgumentsHost): GivcError {
    if (error instanceof GivcError) return error;
    const call = callOf(host);
    // What `signalOf` aborts ends with it.
    if (call.cancelled && (error as { readonly name?: unknown } | undefined)?.name === 'AbortError')
      return new GivcError('CANCELLED', 'the caller has cancelled');
    this.log.error('rpc failed', {
      rpc: call.getPath(),
      error: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
    });
    return new GivcError('INTERNAL', 'internal error; the log of this daemon says more');
  }
}
