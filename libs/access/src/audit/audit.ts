import { plainJson } from '@givc/model';
import type { Caller } from '../identity/peer.js';
import type { AuditSink } from './audit-sinks.js';
import { RefusalLimit } from './refusal-limit.js';

export type AuditFields = Readonly<Record<string, string | number | readonly string[]>>;

/** What happened, as far as it is recorded. */
export interface AuditEvent {
  readonly caller: Caller;
  /** `/package.Service/Method`; undefined of a connection that was refused before any call. */
  readonly rpc?: string;
  /** The fields of the request that matter: never payloads, tokens or passwords. */
  readonly request?: AuditFields;
  /** The name of the gRPC status, or `TLS` for a connection that was refused. */
  readonly answer: string;
  /** How long the call took. */
  readonly ms?: number;
  /** The Cedar rule that decided. */
  readonly rule?: string;
  readonly why?: string;
}

const whyMax = 512;

/**
 * The record of what was changed by whom, and who was refused: one JSON object a line, with `time` (ISO 8601, UTC),
 * `peer`, `address`, `rpc`, `request`, `answer`, `ms`, `rule` and `why` as far as they are known.
 */
export class Audit {
  readonly #limit = new RefusalLimit();

  constructor(private readonly sink: AuditSink) {}

  /** Records a change that was made. */
  change(event: AuditEvent): void {
    this.#write(event, {});
  }

  /**
   * Records what was refused or did not succeed, unless this peer has failed too often lately; the next line says how
   * many are missing.
   */
  refusal(event: AuditEvent): void {
    const { peer, address } = event.caller;
    const { recorded, ...more } = this.#limit.take(peer?.name ?? address ?? '');
    if (recorded) this.#write(event, more);
  }

  #write({ caller, rpc, request, answer, ms, rule, why }: AuditEvent, more: object): void {
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
