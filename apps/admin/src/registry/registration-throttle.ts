import { GivcError, messageOf, sameEndpoint, type VmName } from '@givc/model';
import type { Log } from '@givc/log';
import { CoalescingThrottle } from '@givc/queue';
import type { RegistryEntry } from './registry-entry.js';
import type { Registrant, Registration } from './registration.js';

/** How often an agent may come at once, and how long it has to wait each time after that. */
const limits = { burst: 10, everyMs: 2_000 } as const;

interface Move {
  readonly registration: Registration;
  readonly registrant: Registrant;
}

/**
 * Slows an agent down that is elsewhere, another run, or back each time that it registers or begins to report: each time
 * costs a connection, and lines of the log and the record. What it registers last is taken over after at most two seconds.
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
    if (known && (isElsewhere(known, entry) || comesBack(known, move.registrant)))
      return !this.#moves.offer(entry.machine, move);
    // It is still where it is known to be.
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

/** Whether it was lost, or begins to report; a stream that replaces another that is open costs nothing. */
const comesBack = ({ presence }: RegistryEntry, { reports }: Registrant): boolean =>
  presence?.state === 'lost' || (reports && presence?.state !== 'reporting');
