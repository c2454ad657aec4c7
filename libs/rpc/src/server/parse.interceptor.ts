import { SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';

const parserKey = 'givc:parser';

/** Turns the message of this rpc into the value that its handler takes, or throws INVALID_ARGUMENT that names the field. */
export const Parse = <Message, Value>(parser: (message: Message) => Value) => SetMetadata(parserKey, parser);

/** Hands a handler that is marked with `@Parse` the parsed request instead of the message. */
export class ParseInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const parser = Reflect.getMetadata(parserKey, context.getHandler()) as ((message: unknown) => unknown) | undefined;
    const args = context.getArgs<unknown[]>();
    if (parser) args[0] = parser(args[0]);
    return next.handle();
  }
}
