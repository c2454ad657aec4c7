// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { isObservable } from 'rxjs';
import { callOf } from '@givc/rpc';
import { callerOf } from '../identity/peer.js';
import { Authorizer } from './authorizer.js';
import { setDecidingRule } from '../audit/deciding-rule.js';
import { authorizeEntries, hasEntryAuthorization } from './entry-authorization.js';

/** The request of a call; undefined for a stream of the client and for a raw call, which have none yet. */
function requestOf(context: ExecutionContext): unknown {
  const first: unknown = context.getArgByIndex(0);
  return first === callOf(context) || isObservable(first) ? undefined : first;
}

/**
 * Evaluates the Cedar rules for every call before its handler; a call that no rule permits is rejected with
 * PERMISSION_DENIED and recorded. For a stream of the client, the opening is evaluated. Without rules access control is
 * off.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly authorizer: Authorizer) {}

  canActivate(context: ExecutionContext): boolean {
    const started = performance.now();
    const call = callOf(context);
    const rpc = call.getPath();
    const caller = callerOf(call);
    const request = requestOf(context);
    const decision = this.authorizer.decide(caller, rpc, request);
    if (!decision) return true;
    if (decision.allowed) {
      setDecidingRule(call, decision.rule);
      return true;
    }
    const isForbidden = decision.rule !== undefined || decision.error !== undefined;
    if (isForbidden || !hasEntryAuthorization(context))
      this.authorizer.reject(caller, rpc, request, decision, performance.now() - started);
    authorizeEntries(call);
    return true;
  }
}
