// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, sameEndpoint, type VmName } from '@givc/model';
import type { Log } from '@givc/log';
import { CoalescingThrottle } from '@givc/queue';
import type { RegisteredAgent } from '../presence/presence.service.js';
import type { AgentEntry } from '../registry/registry-entry.js';
import type { Registrant, Registration } from './registration.js';

/** The number of changes of one agent that are registered at once, and the interval of further ones. */
const limits = { burst: 10, everyMs: 2_000 } as const;

interface Move {
  readonly registration: Registration;
  readonly registrant: Registrant;
}

/**
 * Limits the registrations by which an agent changes its endpoint or boot, or returns after a loss, because each costs
 * a connection and lines of the log and the audit log. The last one is registered after at most two seconds.
 */
export class RegistrationThrottle {
  readonly #moves: CoalescingThrottle<Move>;

  /** `register` bypasses this throttle, and returns whether the registry has changed. */
  constructor(register: (registration: Registration, registrant: Registrant) => boolean, log: Log) {
    this.#moves = new CoalescingThrottle(limits, (vm, { registration, registrant }, count) => {
      try {
        const reports = registrant.reports && registrant.isOpen?.() === true;
        if (register(registration, { ...registrant, reports })) registrant.onLate?.(count);
      } catch (error) {
        if (!(error instanceof GivcError)) throw error;
        log.warn('a delayed registration is rejected', { vm, error: messageOf(error) });
      }
    });
  }

  /** Whether the registration has to wait. */
  holds(known: AgentEntry | undefined, entry: RegisteredAgent, move: Move): boolean {
    if (known && (isElsewhere(known, entry) || comesBack(known, move.registrant)))
      return !this.#moves.offer(entry.machine, move);
    // Called when its endpoint and boot are unchanged.
    this.forget(entry.machine);
    return false;
  }

  /** Drops a delayed registration. */
  forget(vm: VmName): void {
    this.#moves.drop(vm);
  }
}

const isElsewhere = (known: AgentEntry, entry: RegisteredAgent): boolean =>
  !sameEndpoint(known.endpoint, entry.endpoint) ||
  (known.bootId !== undefined && entry.bootId !== undefined && known.bootId !== entry.bootId);

/** Whether the agent was lost, or begins to report; a stream that replaces an open one costs nothing. */
const comesBack = ({ presence }: AgentEntry, { reports }: Registrant): boolean =>
  presence.state === 'lost' || (reports && presence.state !== 'reporting');
