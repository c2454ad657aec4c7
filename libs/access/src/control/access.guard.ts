import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { isObservable } from 'rxjs';
import { GivcError } from '@givc/model';
import { Log } from '@givc/log';
import { callOf } from '@givc/rpc';
import { Access } from '../access.js';
import { Audit } from '../audit/audit.js';
import { recordedFields, recordedRpcs } from '../audit/recorded-rpcs.js';
import { questionOf } from '../cedar/question.js';
import { callerOf } from '../identity/peer.js';
import { decideBy } from './deciding-rule.js';

const saidMax = 100;

/** The message of a call that has one request; of a client's stream, and of a raw call, there is none yet. */
function requestOf(context: ExecutionContext): unknown {
  const first: unknown = context.getArgByIndex(0);
  return first === callOf(context) || isObservable(first) ? undefined : first;
}

/**
 * Asks the Cedar rules about every call, ahead of its handler; what no rule permits is refused with PERMISSION_DENIED
 * and recorded. Of a stream of the client the opening is asked. Without rules access control is off.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #said = new Set<string>();

  constructor(
    private readonly access: Access,
    private readonly audit: Audit,
    private readonly log: Log,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { rules, denial } = this.access;
    if (!rules) return true;
    const started = performance.now();
    const call = callOf(context);
    const rpc = call.getPath();
    const caller = callerOf(call);
    const request = requestOf(context);
    const decision = rules.decide(questionOf(caller.peer?.name ?? '', rpc, request));
    if (decision.allowed) {
      decideBy(call, decision.rule);
      return true;
    }
    if (decision.error !== undefined) this.#say(decision.error);
    const recorded = recordedRpcs[rpc];
    this.audit.refusal({
      caller,
      rpc,
      request: recorded && recordedFields(recorded, request),
      answer: 'PERMISSION_DENIED',
      ms: performance.now() - started,
      rule: decision.rule,
      why: decision.error ?? (decision.rule === undefined ? 'no rule permits it' : 'a rule forbids it'),
    });
    throw new GivcError(
      'PERMISSION_DENIED',
      `${denial}: ${caller.peer?.name ?? 'nobody'} may not call ${rpc.slice(1)}`,
    );
  }

  /** The same error of a rule is logged once. */
  #say(error: string): void {
    if (this.#said.has(error) || this.#said.size >= saidMax) return;
    this.#said.add(error);
    this.log.error('a rule cannot be evaluated, so the call is denied', { error });
  }
}
