// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { GivcError } from '@givc/model';
import type { ServerCall } from '@givc/rpc';
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

  /**
   * Follows a stream until the returned function is called; undefined for a call that is none. `request` is undefined
   * where the caller streams.
   */
  follow(call: ServerCall, request: unknown, deny: (error: GivcError) => void): (() => void) | undefined {
    const { rules } = this.access;
    if (!rules || (request !== undefined && !('write' in call))) return undefined;
    const caller = callerOf(call);
    const rpc = call.getPath();
    return rules.onReplaced(() => {
      const decision = this.authorizer.decide(caller, rpc, request);
      if (!decision || decision.allowed) return;
      const isForbidden = decision.rule !== undefined || decision.error !== undefined;
      if (isForbidden || !mustAuthorizeEntries(call)) deny(this.authorizer.denial(caller, rpc));
    });
  }
}
