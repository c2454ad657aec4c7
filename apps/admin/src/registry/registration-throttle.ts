import { GivcError, messageOf, sameEndpoint, type VmName } from '@givc/model';
import type { Log } from '@givc/log';
import { CoalescingThrottle } from '@givc/queue';
import type { RegistryEntry } from './registry-entry.js';
import type { Registrant, Registration } from './registration.js';

/** How often an agent may be elsewhere at once, and how long it is where it is after that. */
const limits = { burst: 10, everyMs: 2_000 } as const;

interface Move {
  readonly registration: Registration;
  readonly registrant: Registrant;
}

/**
 * Slows an agent down that is elsewhere, or another run, each time that it registers: each time costs a connection and a
 * line of the record. What it registers last is taken over after at most two seconds.
 */
export class RegistrationThrottle {
  readonly #moves: CoalescingThrottle<Move>;

  /** `register` takes a registration over without this throttle, and returns whether anything changed by it. */
  constructor(register: (registration: Registration, registrant: Registrant) => boolean, log: Log) {
    this.#moves = new CoalescingThrottle(limits, (vm, { registration, registrant }, count) => {
      try {
        const reports = registrant.reports && registrant.isOpen?.() === true;
        if (register(registration, { ...registrant, reports })) registrant.onLate?.(count);
      } catch (error) {
        if (!(error instanceof GivcError)) throw error;
        log.warn('a registration that was held back is refused', { vm, error: messageOf(error) });
      }
    });
  }

  /** Whether the registration has to wait. */
  holds(known: RegistryEntry | undefined, entry: RegistryEntry, move: Move): boolean {
    if (known && isElsewhere(known, entry)) return !this.#moves.offer(entry.machine, move);
    // It is back where it is known to be.
    this.forget(entry.machine);
    return false;
  }

  /** What was held back is taken over no more. */
  forget(vm: VmName): void {
    this.#moves.drop(vm);
  }
}

const isElsewhere = (known: RegistryEntry, entry: RegistryEntry): boolean =>
  !sameEndpoint(known.endpoint, entry.endpoint) ||
  (known.bootId !== undefined && entry.bootId !== undefined && known.bootId !== entry.bootId);
