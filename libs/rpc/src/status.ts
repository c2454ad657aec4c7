import { status } from '@grpc/grpc-js';
import { GivcError, reasons, type Reason } from '@givc/model';

const reasonOfCode = new Map<number, Reason>(reasons.map((reason) => [status[reason], reason]));

/** The gRPC status code that a reason is named after. */
export const codeOf = (reason: Reason): status => status[reason];

/** What a failed call tells its caller: the server's status code and its details as they came. */
export function errorOfStatus(error: {
  readonly code?: number;
  readonly details?: string;
  readonly message?: string;
}): GivcError {
  const reason = reasonOfCode.get(error.code ?? status.UNKNOWN) ?? 'INTERNAL';
  return new GivcError(reason, error.details || error.message || `status ${error.code}`, { cause: error });
}
