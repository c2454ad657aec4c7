import { setTimeout } from 'node:timers/promises';
import { GivcError } from '@givc/model';
import { type AdminClient } from '@givc/client';
import { connectAdmin } from '../bench/connect.js';
import { type Random } from './random.js';

type Call = (admin: AdminClient, random: Random) => Promise<unknown>;

const calls: readonly Call[] = [
  (admin) => admin.queryList(),
  (admin) => admin.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' }),
  (admin) => admin.getUnitStatus({ VmName: 'gui-vm', UnitName: 'compositor.service' }),
  (admin) => admin.startService({ VmName: 'net-vm', ServiceName: 'web.service' }),
  (admin) => admin.stopService({ VmName: 'net-vm', ServiceName: 'web.service' }),
  (admin) => admin.startService({ VmName: 'gui-vm', ServiceName: 'web.service' }),
  (admin) => admin.startService({ VmName: 'net-vm', ServiceName: 'fragile.service' }),
  (admin) => admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
  (admin) => admin.startApplication({ AppName: 'chromium', VmName: 'chrome-vm', Args: ['https://example.org'] }),
  (admin) => admin.stopApplication({ AppName: 'clock', Args: [] }),
  (admin) => admin.pauseApplication({ AppName: 'chromium', Args: [] }),
  (admin) => admin.stopApplication({ AppName: 'chromium', Args: [] }),
  (admin) => admin.startVm({ VmName: 'chrome-vm' }),
];

/** The longest that any of these calls may take: a start of a VM, of 30 s, and a job (200 s at worst; see deadlines). */
const longestMs = 60_000;

/** Callers that call until they are told to stop; what they were answered is counted. */
export class Callers {
  readonly answers = new Map<string, number>();
  readonly tooLong: string[] = [];
  /** What should never be answered, in the words of the answer. */
  readonly internal = new Set<string>();

  constructor(private readonly random: Random) {}

  /** Resolves when `signal` was aborted and the last call has been answered. */
  async run(count: number, signal: AbortSignal): Promise<void> {
    const admin = connectAdmin();
    const caller = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.#call(admin, this.random.of(calls));
        // The machine has others to serve, too.
        await setTimeout(this.random.below(100));
      }
    };
    await Promise.all(Array.from({ length: count }, caller));
    admin.close();
  }

  async #call(admin: AdminClient, call: Call): Promise<void> {
    const started = performance.now();
    let answer = 'OK';
    try {
      await call(admin, this.random);
    } catch (error) {
      answer = error instanceof GivcError ? error.reason : String(error);
      if (answer === 'INTERNAL') this.internal.add((error as GivcError).message);
    }
    const taken = performance.now() - started;
    if (taken > longestMs) this.tooLong.push(`${call.toString()}: ${answer} after ${Math.round(taken)} ms`);
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}
