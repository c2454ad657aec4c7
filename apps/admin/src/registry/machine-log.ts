import type { Fields, Log } from '@givc/log';
import type { VmName } from '@givc/model';
import { CoalescingThrottle } from '@givc/queue';

/** How many lines of one machine are written at once, and how long each takes after that. */
const limits = { burst: 100, everyMs: 1_000 } as const;

interface Line {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Fields;
}

/**
 * Lines about what a machine may do as often as it likes. Of those that come too fast the newest is written, with the
 * number of those that it stands for as `coalesced`.
 */
export class MachineLog {
  readonly #lines: CoalescingThrottle<Line>;

  constructor(private readonly log: Log) {
    this.#lines = new CoalescingThrottle(limits, (_, { level, message, fields }, coalesced) =>
      log[level](message, { ...fields, coalesced }),
    );
  }

  write(vm: VmName, level: Line['level'], message: string, fields: Fields): void {
    if (this.#lines.offer(vm, { level, message, fields })) this.log[level](message, fields);
  }
}
