// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { Log, LogOnce } from '@givc/log';
import { currentTrace } from '@givc/trace';
import { Access } from '../access.js';
import { Audit } from '../audit/audit.js';
import { recordedFields, recordedRpcs } from '../audit/recorded-rpcs.js';
import { authorizationRequest } from '../cedar/authorization-request.js';
import type { Decision } from '../cedar/rules.js';
import type { Caller } from '../identity/peer.js';
import { isForOneCaller } from './one-caller.js';

type Denial = Extract<Decision, { readonly allowed: false }>;

/** The decisions of the rules about calls. */
@Injectable()
export class Authorizer {
  readonly #brokenRules = new LogOnce();

  constructor(
    private readonly access: Access,
    private readonly audit: Audit,
    private readonly log: Log,
  ) {}

  /** `rpc` is a path such as `/admin.AdminService/StartVM`. Undefined when access control is off. */
  decide({ peer }: Caller, rpc: string, request: unknown): Decision | undefined {
    const { changesOnlyFrom: only } = this.access;
    if (only !== undefined && peer?.name !== only && isForOneCaller(rpc))
      return { allowed: false, rule: `changes only from ${only}` };
    return this.access.rules?.decide(authorizationRequest(peer?.name ?? '', rpc, request));
  }

  /** Records that a call was denied, and throws the PERMISSION_DENIED that its caller gets. */
  reject(caller: Caller, rpc: string, request: unknown, { rule, error }: Denial, ms?: number): never {
    if (error !== undefined && this.#brokenRules.isNew(error))
      this.log.error('a rule cannot be evaluated, so the call is denied', { error });
    const recorded = recordedRpcs[rpc];
    this.audit.rejection({
      caller,
      rpc,
      request: recorded && recordedFields(recorded, request),
      answer: 'PERMISSION_DENIED',
      ms,
      rule,
      traceId: currentTrace()?.traceId,
      reason: error ?? (rule === undefined ? 'no rule permits it' : 'a rule forbids it'),
    });
    throw this.denial(caller, rpc);
  }

  /** The error for a caller that is denied a call; the info has `DENIED_BY_RULES` and the rpc. */
  denial({ peer }: Caller, rpc: string): GivcError {
    return new GivcError(
      'PERMISSION_DENIED',
      `${this.access.denial}: ${peer?.name ?? 'a caller without a name'} may not call ${rpc.slice(1)}`,
      { info: { reason: 'DENIED_BY_RULES', metadata: { rpc: rpc.slice(1) } } },
    );
  }

  /** Throws PERMISSION_DENIED, recorded, unless the rules permit it or access control is off. */
  assertPermitted(caller: Caller, rpc: string, request: unknown): void {
    const decision = this.decide(caller, rpc, request);
    if (decision && !decision.allowed) this.reject(caller, rpc, request, decision);
  }
}
