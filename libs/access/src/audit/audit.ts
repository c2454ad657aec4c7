// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { GivcError, plainJson, type VmName } from '@givc/model';
import { callerKey, type Caller } from '../identity/peer.js';
import type { AuditSink } from './audit-sinks.js';
import { RejectionLimit } from './rejection-limit.js';
import { PeerBuckets } from './peer-buckets.js';

/** The recorded fields of a request, by their paths in the message. Long values and lists are cut. */
export type AuditFields = Readonly<Record<string, string | number | readonly string[]>>;

/** The recorded facts about a call. */
export interface AuditSubject {
  /** The name in its certificate, and its address. */
  readonly caller: Caller;
  /** `/package.Service/Method`; undefined for a connection that was rejected before any call. */
  readonly rpc?: string | undefined;
  /** The recorded fields of the request: never payloads, tokens or passwords. */
  readonly request?: AuditFields | undefined;
  /** The Cedar rule that decided. */
  readonly rule?: string | undefined;
  /** The trace that the caller has named: 32 hexadecimal digits. */
  readonly traceId?: string | undefined;
}

/** The recorded facts about an event. */
export interface AuditEvent extends AuditSubject {
  /** The name of the gRPC status, or `TLS` for a rejected connection. */
  readonly answer: string;
  /** The duration of the call. */
  readonly ms?: number | undefined;
  readonly reason?: string | undefined;
}

const reasonMax = 512;
/** The maximum length of each value of a request and of a name, and the maximum length of a list. */
const [valueMax, listMax] = [512, 64];

const bounded = <Value>(value: Value): Value =>
  (typeof value === 'string'
    ? value.slice(0, valueMax)
    : Array.isArray(value)
      ? value.slice(0, listMax).map(bounded)
      : value) as Value;

/** Limits the fields that a handler notes, so that the line has a limited length. */
const boundedFields = (fields: AuditFields | undefined): AuditFields | undefined =>
  fields && Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, bounded(value)]));

/**
 * The number of changes that one peer may begin at once, and per second after that. With two lines for a change, a peer
 * stays below the rate that journald(8) accepts from a unit: 10,000 lines in 30 s.
 */
const changesBurst = 1_000;
const changesPerSecond = 100;
/**
 * The number of changes of one peer that may fail at once, and per second after that; successful ones are not counted
 * here.
 */
const failuresBurst = 50;
const failuresPerSecond = 1;

/**
 * The audit log of changes and rejections: one JSON object for each line, with `time` (ISO 8601, UTC), `peer`,
 * `address`, `rpc`, `request`, `answer`, `ms`, `rule`, `reason` and `trace_id` as far as they are known. A change has
 * two lines: one with `phase` `began` and no answer, then one with `phase` `ended` and the same `call`, a number that
 * begins with 1 at each start of the daemon.
 */
export class Audit {
  readonly #limit = new RejectionLimit();
  readonly #changes = new PeerBuckets({ burst: changesBurst, everyMs: 1_000 / changesPerSecond });
  readonly #failures = new PeerBuckets({ burst: failuresBurst, everyMs: 1_000 / failuresPerSecond });
  readonly #outcomes = new Listeners<[AuditEvent]>();
  #calls = 0;

  /** `relay` passes on the calls of others and has throttled them, so it is not throttled here. */
  constructor(
    private readonly sink: AuditSink,
    private readonly relay?: VmName,
  ) {}

  /**
   * Records that a change begins, and returns the number of its call. Throws RESOURCE_EXHAUSTED when this peer has
   * begun too many lately, or too many that failed: the changes are limited, never their lines.
   */
  begin(subject: AuditSubject): number {
    const peer = callerKey(subject.caller);
    if (subject.caller.peer?.name === undefined || subject.caller.peer.name !== this.relay) this.#throttle(peer);
    const call = ++this.#calls;
    this.#write(subject, { call, phase: 'began' });
    return call;
  }

  /** Calls the listener for each outcome of a call that is recorded, rejections included. */
  onOutcome(listener: (event: AuditEvent) => void): void {
    this.#outcomes.add(listener);
  }

  /** Records the outcome of the change that began as this call. */
  ended(call: number, event: AuditEvent): void {
    if (event.answer !== 'OK') this.#failures.of(callerKey(event.caller)).take();
    this.#write(event, { call, phase: 'ended' });
    this.#outcomes.notify(event);
  }

  /** Records a change whose begin was not recorded. */
  change(event: AuditEvent): void {
    this.#write(event, {});
    this.#outcomes.notify(event);
  }

  /**
   * Records a rejection, unless this peer was rejected too often lately; the next line has the number of missing ones.
   */
  rejection(event: AuditEvent): void {
    const { recorded, ...more } = this.#limit.take(callerKey(event.caller));
    if (!recorded) return;
    this.#write(event, more);
    this.#outcomes.notify(event);
  }

  #throttle(peer: string): void {
    if (this.#failures.isEmpty(peer))
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many changes of one caller have failed: at most ${failuresPerSecond} a second, ${failuresBurst} at once`,
      );
    if (!this.#changes.of(peer).take())
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many changes: at most ${changesPerSecond} a second of one caller, ${changesBurst} at once`,
      );
  }

  #write(event: AuditSubject & Partial<AuditEvent>, more: object): void {
    const { caller, rpc, request, answer, ms, rule, reason, traceId } = event;
    const line = {
      time: new Date().toISOString(),
      peer: bounded(caller.peer?.name),
      address: caller.address,
      rpc: bounded(rpc),
      request: boundedFields(request),
      answer,
      ms: ms === undefined ? undefined : Math.round(ms * 100) / 100,
      rule,
      reason: reason?.slice(0, reasonMax),
      trace_id: traceId,
      ...more,
    };
    this.sink.write(plainJson(line));
  }
}
