// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { isObservable, Observable } from 'rxjs';
import { callOf } from '@givc/rpc';
import { Access } from '../access.js';
import { callerOf } from '../identity/peer.js';
import { Authorizer } from './authorizer.js';
import { mustAuthorizeEntries } from './entry-authorization.js';

/**
 * Evaluates the rules for each open stream again when they change; a stream that they now deny ends with
 * PERMISSION_DENIED.
 */
@Injectable()
export class Recheck {
  constructor(
    private readonly access: Access,
    private readonly authorizer: Authorizer,
  ) {}

  /** The result of the handler. */
  handle(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { rules } = this.access;
    const call = callOf(context);
    const first: unknown = context.getArgByIndex(0);
    const hasRequest = (first as object) !== call && !isObservable(first);
    if (!rules || (hasRequest && !('write' in call))) return next.handle();
    const caller = callerOf(call);
    const rpc = call.getPath();
    const request = hasRequest ? first : undefined;
    return new Observable((subscriber) => {
      const recheck = (): void => {
        const decision = this.authorizer.decide(caller, rpc, request);
        if (!decision || decision.allowed) return;
        const isForbidden = decision.rule !== undefined || decision.error !== undefined;
        if (isForbidden || !mustAuthorizeEntries(call)) subscriber.error(this.authorizer.denial(caller, rpc));
      };
      subscriber.add(rules.onReplaced(recheck));
      subscriber.add(next.handle().subscribe(subscriber));
    });
  }
}
