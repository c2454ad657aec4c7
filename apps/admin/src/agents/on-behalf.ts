import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { callerKey, callerOf } from '@givc/access';
import { callOf } from '@givc/rpc';

const callers = new AsyncLocalStorage<string | undefined>();

/** For whom the code that runs now calls agents; undefined when it is the admin's own work. */
export const currentCaller = (): string | undefined => callers.getStore();

/** Does the work for a caller, with all that is awaited in it. */
export const onBehalfOf = <T>(caller: string | undefined, work: () => T): T => callers.run(caller, work);

/** Does work of the admin itself, which is counted for no caller, also when a call has caused it. */
export const asOwnWork = <T>(work: () => T): T => onBehalfOf(undefined, work);

/** Has the handlers of rpcs that the admin passes on to agents run on behalf of their callers. */
@Injectable()
export class OnBehalfInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = callerKey(callerOf(callOf(context)));
    return new Observable((subscriber) => onBehalfOf(caller, () => next.handle().subscribe(subscriber)));
  }
}
