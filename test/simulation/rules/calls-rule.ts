// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { textOf } from '../calls.js';
import type { World } from '../world.js';
import type { CallRecord, Rule } from './rule.js';

/** The statuses that no caller should ever get. */
const unfit: ReadonlySet<string> = new Set(['INTERNAL', 'UNKNOWN', 'UNIMPLEMENTED', 'DATA_LOSS']);
/** The statuses of calls that cannot succeed at the moment. */
const away: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'ABORTED']);

/** The time for which an agent must be known before calls to it must succeed. */
const knownMs = 2_000;

/** Every call is answered in time, with a status that fits, and with success when no fault prevents it. */
export class CallsRule implements Rule {
  readonly #knownSince = new Map<string, number>();
  #startedAt = Infinity;

  constructor(private readonly world: World) {}

  adminStarted(): void {
    this.#knownSince.clear();
    this.#startedAt = this.world.scheduler.now;
  }

  put({ type, vm, presence }: Parameters<NonNullable<Rule['put']>>[0]): void {
    if (type.service !== 'Mgr') return;
    if (presence?.state === 'lost') this.#knownSince.delete(vm);
    else if (!this.#knownSince.has(vm)) this.#knownSince.set(vm, this.world.scheduler.now);
  }

  removed({ type, vm }: Parameters<NonNullable<Rule['removed']>>[0]): void {
    if (type.service === 'Mgr') this.#knownSince.delete(vm);
  }

  callEnded(call: CallRecord): void {
    const { world } = this;
    const outcome = call.outcome!;
    if (unfit.has(outcome)) return world.violate('every answer makes sense', `${textOf(call)}: ${call.message}`);
    if (!away.has(outcome) || this.#startedAt + knownMs > call.startedAt) return;
    const needs = this.#needed(call);
    if (
      needs &&
      world.disturbances.areQuiet(['admin', ...needs], call.startedAt) &&
      needs.every((vm) => this.#isKnown(vm, call))
    )
      world.violate('a call succeeds when nothing stands in its way', `${textOf(call)}: ${call.message}`);
  }

  /** The machines on whose agents the call depends; undefined when it may have to wait for others. */
  #needed({ rpc, machine, subject }: CallRecord): readonly string[] | undefined {
    switch (rpc) {
      case 'QueryList':
        return [];
      case 'StartVM':
        return ['host', subject];
      default:
        return machine === undefined ? undefined : [machine];
    }
  }

  #isKnown(vm: string, { startedAt }: CallRecord): boolean {
    const since = this.#knownSince.get(vm);
    return since !== undefined && since + knownMs < startedAt;
  }
}
