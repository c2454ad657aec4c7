import { GivcError, plainJson } from '@givc/model';
import type { Caller } from '../identity/peer.js';
import type { AuditSink } from './audit-sinks.js';
import { RefusalLimit } from './refusal-limit.js';
import { TokenBuckets } from './token-buckets.js';

export type AuditFields = Readonly<Record<string, string | number | readonly string[]>>;

/** Who calls for what, as far as it is recorded. */
export interface AuditSubject {
  readonly caller: Caller;
  /** `/package.Service/Method`; undefined of a connection that was refused before any call. */
  readonly rpc?: string | undefined;
  /** The fields of the request that matter: never payloads, tokens or passwords. */
  readonly request?: AuditFields | undefined;
  /** The Cedar rule that decided. */
  readonly rule?: string | undefined;
}

/** What happened, as far as it is recorded. */
export interface AuditEvent extends AuditSubject {
  /** The name of the gRPC status, or `TLS` for a connection that was refused. */
  readonly answer: string;
  /** How long the call took. */
  readonly ms?: number | undefined;
  readonly why?: string | undefined;
}

const whyMax = 512;

/**
 * How many changes one peer may begin at once, and how many a second after that. With two lines a change, a peer stays
 * below what journald(8) takes of a unit: 10,000 lines in 30 s.
 */
const changesBurst = 1_000;
const changesPerSecond = 100;

const nameOf = ({ peer, address }: Caller): string => peer?.name ?? address ?? '';

/**
 * The record of what was changed by whom, and who was refused: one JSON object a line, with `time` (ISO 8601, UTC),
 * `peer`, `address`, `rpc`, `request`, `answer`, `ms`, `rule` and `why` as far as they are known. A change has two: one
 * with `phase` `began` and no answer, then one with `phase` `ended` and the same `call`, a number that begins with 1 at
 * each start of the daemon.
 */
export class Audit {
  readonly #limit = new RefusalLimit();
  readonly #changes = new TokenBuckets(changesBurst, changesPerSecond);
  #calls = 0;

  constructor(private readonly sink: AuditSink) {}

  /**
   * Records that a change begins, and returns the number of its call. Throws RESOURCE_EXHAUSTED when this peer has begun
   * too many lately: it is changes that are bounded, never their lines.
   */
  begin(subject: AuditSubject): number {
    if (!this.#changes.take(nameOf(subject.caller), performance.now()).isTaken)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many changes: at most ${changesPerSecond} a second of one caller, ${changesBurst} at once`,
      );
    const call = ++this.#calls;
    this.#write(subject, { call, phase: 'began' });
    return call;
  }

  /** Records what came of the change that began as this call. */
  ended(call: number, event: AuditEvent): void {
    this.#write(event, { call, phase: 'ended' });
  }

  /** Records a change that was made, of which no beginning is recorded. */
  change(event: AuditEvent): void {
    this.#write(event, {});
  }

  /**
   * Records what was refused, unless this peer has failed too often lately; the next line says how
   * many are missing.
   */
  refusal(event: AuditEvent): void {
    const { recorded, ...more } = this.#limit.take(nameOf(event.caller));
    if (recorded) this.#write(event, more);
  }

  #write({ caller, rpc, request, answer, ms, rule, why }: AuditSubject & Partial<AuditEvent>, more: object): void {
    const line = {
      time: new Date().toISOString(),
      peer: caller.peer?.name,
      address: caller.address,
      rpc,
      request,
      answer,
      ms: ms === undefined ? undefined : Math.round(ms * 100) / 100,
      rule,
      why: why?.slice(0, whyMax),
      ...more,
    };
    this.sink.write(plainJson(line));
  }
}
