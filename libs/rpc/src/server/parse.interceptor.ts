import { UseInterceptors, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';

/** Hands a handler the parsed request instead of the message. */
class ParseInterceptor<Message, Value> implements NestInterceptor {
  constructor(private readonly parser: (message: Message) => Value) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const args = context.getArgs<unknown[]>();
    args[0] = this.parser(args[0] as Message);
    return next.handle();
  }
}

/** Turns the message of this rpc into the value that its handler takes, or throws INVALID_ARGUMENT that names the field. */
export const Parse = <Message, Value>(parser: (message: Message) => Value) =>
  UseInterceptors(new ParseInterceptor(parser));
