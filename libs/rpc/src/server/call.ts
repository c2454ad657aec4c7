import type { ExecutionContext } from '@nestjs/common';
import type { ArgumentsHost } from '@nestjs/common';
import type { ServerSurfaceCall } from '@grpc/grpc-js/build/src/server-call.js';

/** The gRPC call behind a handler: Nest passes it third for `@GrpcMethod` and `@GrpcStreamMethod`, first for `@GrpcStreamCall`. */
export function callOf(context: ExecutionContext | ArgumentsHost): ServerSurfaceCall {
  const call = context.getArgs<unknown[]>().find(isCall);
  if (!call) throw new TypeError('this handler does not answer a gRPC call');
  return call;
}

export const isCall = (value: unknown): value is ServerSurfaceCall =>
  typeof (value as ServerSurfaceCall | undefined)?.getAuthContext === 'function';
