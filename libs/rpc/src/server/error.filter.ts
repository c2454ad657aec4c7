import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { Metadata } from '@grpc/grpc-js';
import { of, throwError, type Observable } from 'rxjs';
import { GivcError, messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { codeOf } from '../status.js';
import { detailsTrailer, encodeDetails } from '../status-details.js';
import { callOf, isCall } from './call.js';

/** In any language fewer bytes than the 8 KiB that peers take for all headers, of which the message is one. */
const messageMax = 800;
/** The details repeat the message. */
const detailedMessageMax = 500;

/** Ends with a whole character: grpc-js cannot encode half of one. */
const shortened = (message: string, max: number): string =>
  message.length <= max ? message : `${message.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…`;

function statusOf(error: GivcError): ErrorStatus {
  const code = codeOf(error.reason);
  const isDetailed = error.info !== undefined || error.field !== undefined;
  const details = shortened(error.message, isDetailed ? detailedMessageMax : messageMax);
  const encoded = encodeDetails(code, details, error);
  if (!encoded) return { code, details };
  const metadata = new Metadata();
  metadata.set(detailsTrailer, encoded);
  return { code, details, metadata };
}

interface ErrorStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The one place where an error becomes a gRPC status. What is no `GivcError` is our fault: INTERNAL, and logged. */
@Catch()
export class GivcErrorFilter implements RpcExceptionFilter<unknown> {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<unknown> {
    const status = this.#status(error, host);
    const first: unknown = host.getArgByIndex(0);
    if (!isCall(first)) return throwError(() => status);
    // A handler of a raw call has nobody else to hear of its failure.
    (first as unknown as NodeJS.EventEmitter).emit('error', status);
    return of(undefined);
  }

  #status(error: unknown, host: ArgumentsHost): ErrorStatus {
    if (error instanceof GivcError) return statusOf(error);
    this.log.error('rpc failed', {
      rpc: callOf(host).getPath(),
      error: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
    });
    return { code: codeOf('INTERNAL'), details: 'internal error; the log of this daemon says more' };
  }
}
