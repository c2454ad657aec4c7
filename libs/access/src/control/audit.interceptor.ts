// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import type { CallEnded, CallInterceptor, ServerCall } from '@givc/rpc';
import { currentTrace } from '@givc/trace';
import { decidingRule } from '../audit/deciding-rule.js';
import { callerKey, callerOf } from '../identity/peer.js';
import { Recheck } from './recheck.js';
import { Audit } from '../audit/audit.js';
import { RecordedCall } from '../audit/recorded-call.js';
import { recordedFields, recordedRpcs, unknownRpc } from '../audit/recorded-rpcs.js';

/**
 * Records each call that changes something, at its begin and with its outcome, and each call that its handler rejects;
 * guards record their own rejections. It also follows the rules for open streams (`Recheck`). The end of a call of a
 * trace is also logged, for debugging.
 */
@Injectable()
export class AuditInterceptor implements CallInterceptor {
  constructor(
    private readonly audit: Audit,
    private readonly recheck: Recheck,
    private readonly log: Log,
  ) {}

  intercept(call: ServerCall, request: unknown, fail: (error: GivcError) => void): CallEnded {
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
      request: recordedFields(recorded, request),
      rule: decidingRule(call),
    });
    const end: CallEnded = (answer, message) => {
      const ms = performance.now() - started;
      if (!record.end(answer, ms, message) || traceId === undefined) return;
      const fields = { rpc: rpc.slice(1), peer: callerKey(caller), answer, ms: Math.round(ms), trace_id: traceId };
      this.log.debug('call ended', fields);
    };
    try {
      record.open();
    } catch (error) {
      if (error instanceof GivcError) end(error.reason, error.message);
      throw error;
    }
    const unfollow = this.recheck.follow(call, request, fail);
    if (!unfollow) return end;
    return (answer, message) => {
      unfollow();
      end(answer, message);
    };
  }
}
