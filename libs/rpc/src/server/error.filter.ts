// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { GivcError, messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { codeOf } from '../status.js';
import type { CallStatus } from '../wire/call-status.js';
import { callOf } from './call.js';
import { statusOf } from './error-status.js';

/**
 * Converts an error of a handler into a gRPC status. Any other error than a `GivcError` is a bug: INTERNAL, and logged.
 */
@Catch()
export class GivcErrorFilter implements RpcExceptionFilter<unknown> {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const status = this.#status(error, host);
    return throwError(() => status);
  }

  #status(error: unknown, host: ArgumentsHost): CallStatus {
    if (error instanceof GivcError) return statusOf(error);
    this.log.error('rpc failed', {
      rpc: callOf(host).getPath(),
      error: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
    });
    return { code: codeOf('INTERNAL'), details: 'internal error; the log of this daemon says more' };
  }
}
