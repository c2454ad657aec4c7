import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { GivcError, type Reason } from '@givc/model';
import { callOf } from '@givc/rpc';
import { decidingRule } from '../control/deciding-rule.js';
import { callerOf } from '../identity/peer.js';
import { Audit, type AuditFields } from './audit.js';
import { recordedFields, recordedRpcs, type RecordedRpc } from './recorded-rpcs.js';

/** The answers by which somebody is refused, rather than helped badly. */
const refusals: ReadonlySet<string> = new Set<Reason>(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED']);

const unknownRpc: RecordedRpc = { changes: true, fields: [] };

const noted = new WeakMap<object, AuditFields>();

/** Has this call recorded as a change although not every call of its rpc is one, or with what the request does not show. */
export const noteChange = (call: object, fields: AuditFields = {}): void => void noted.set(call, fields);

/** Records what became of each call that changes something or is refused by its handler; guards record their own. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly audit: Audit) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = callOf(context);
    const started = performance.now();
    const rpc = call.getPath();
    const recorded = recordedRpcs[rpc] ?? unknownRpc;
    // The handler's argument is replaced by what was parsed from it; its fields are for the record as they came.
    const request: unknown = context.getArgByIndex(0);
    return new Observable((subscriber) => {
      let isOpen = true;
      const end = (answer: string, why?: string): void => {
        if (!isOpen) return;
        isOpen = false;
        const note = noted.get(call);
        const isChange = recorded.changes || note !== undefined;
        const isRefusal = refusals.has(answer);
        if (!isChange && !isRefusal) return;
        const event = {
          caller: callerOf(call),
          rpc,
          request: note ? { ...recordedFields(recorded, request), ...note } : recordedFields(recorded, request),
          answer,
          ms: performance.now() - started,
          rule: decidingRule(call),
          why: isRefusal ? why : undefined,
        };
        if (answer === 'OK') this.audit.change(event);
        else this.audit.refusal(event);
      };
      subscriber.add(() => end('CANCELLED'));
      subscriber.add(
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            if (error instanceof GivcError) end(error.reason, error.message);
            else end('INTERNAL');
            subscriber.error(error);
          },
          complete: () => {
            end('OK');
            subscriber.complete();
          },
        }),
      );
    });
  }
}
