// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type ArgumentsHost } from '@nestjs/common';
import { callOf, type CallGuard } from '@givc/rpc';
import { callerOf } from '../identity/peer.js';
import { Authorizer } from './authorizer.js';
import { setDecidingRule } from '../audit/deciding-rule.js';
import { authorizeEntries, hasEntryAuthorization } from './entry-authorization.js';

/**
 * Evaluates the Cedar rules for every call before its handler; a call that no rule permits is rejected with
 * PERMISSION_DENIED and recorded. For a stream of the client, the opening is evaluated. Without rules access control is
 * off.
 */
@Injectable()
export class AccessGuard implements CallGuard {
  constructor(private readonly authorizer: Authorizer) {}

  canActivate(context: ArgumentsHost): boolean {
    const started = performance.now();
    const call = callOf(context);
    const rpc = call.getPath();
    const caller = callerOf(call);
    const first: unknown = context.getArgByIndex(0);
    // Where the client streams, the call has no request yet, and is the first argument.
    const request = first === call ? undefined : first;
    const decision = this.authorizer.decide(caller, rpc, request);
    if (!decision) return true;
    if (decision.allowed) {
      setDecidingRule(call, decision.rule);
      return true;
    }
    const isForbidden = decision.rule !== undefined || decision.error !== undefined;
    if (isForbidden || !hasEntryAuthorization(rpc))
      this.authorizer.reject(caller, rpc, request, decision, performance.now() - started);
    authorizeEntries(call);
    return true;
  }
}
