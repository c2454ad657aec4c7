// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import { callOf } from '@givc/rpc';
import { currentTrace } from '@givc/trace';
import { decidingRule } from '../audit/deciding-rule.js';
import { callerKey, callerOf } from '../identity/peer.js';
import { Recheck } from './recheck.js';
import { Audit } from '../audit/audit.js';
import { RecordedCall } from '../audit/recorded-call.js';
import { recordedFields, recordedRpcs, unknownRpc } from '../audit/recorded-rpcs.js';

/**
 * Records each call that changes something, at its begin and with its outcome, and each call that its handler rejects;
 * guards record their own rejections. It also follows the rules for open streams (`Recheck`): each interceptor of Nest
 * costs every call promises and Observables of its own. The end of a call of a trace is also logged, for debugging.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: Audit,
    private readonly recheck: Recheck,
    private readonly log: Log,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = callOf(context);
    const started = performance.now();
    const rpc = call.getPath();
    const caller = callerOf(call);
    const traceId = currentTrace()?.traceId;
    const recorded = recordedRpcs[rpc] ?? unknownRpc;
    const record = new RecordedCall(call, this.audit, recorded, {
      caller,
      rpc,
      traceId,
      // The handler's argument is replaced by the parsed request; the audit log has the fields as they arrived.
      request: recordedFields(recorded, context.getArgByIndex(0)),
      rule: decidingRule(call),
    });
    return new Observable((subscriber) => {
      const end = (answer: string, reason?: string): void => {
        const ms = performance.now() - started;
        if (!record.end(answer, ms, reason) || traceId === undefined) return;
        const fields = { rpc: rpc.slice(1), peer: callerKey(caller), answer, ms: Math.round(ms), trace_id: traceId };
        this.log.debug('call ended', fields);
      };
      const fail = (error: unknown): void => {
        if (error instanceof GivcError) end(error.reason, error.message);
        else end('INTERNAL');
        subscriber.error(error);
      };
      subscriber.add(() => end('CANCELLED'));
      try {
        record.open();
      } catch (error) {
        return fail(error);
      }
      subscriber.add(
        this.recheck.handle(context, next).subscribe({
          next: (value) => subscriber.next(value),
          error: fail,
          complete: () => {
            end('OK');
            subscriber.complete();
          },
        }),
      );
    });
  }
}
