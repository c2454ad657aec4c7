import { type Lab } from './lab.js';
import { type Row, type Watched, type WatchEvent } from './watched.js';

/** What a loss looks like from outside: to whoever watches, to callers, and beside it. */
export class Losses {
  constructor(
    readonly lab: Lab,
    readonly watched: Watched,
  ) {}

  is(name: string, status: string, vm?: string): boolean {
    return this.watched.row(name, vm)?.status === status;
  }

  /** How long it takes from now until an event, in milliseconds. */
  async until(what: string, matches: (event: WatchEvent) => boolean, limit?: number): Promise<number> {
    const [started, since] = [performance.now(), this.watched.events.length];
    const { at } = await this.watched.event(what, since, matches, limit);
    return at - started;
  }

  /** The events of other machines since some moment: what else has suffered. */
  othersSince(since: number, vm: string): Row[] {
    return this.watched.events
      .slice(since)
      .map(({ row }) => row)
      .filter((row) => row.vm_name !== vm && row.status !== 'Running');
  }

  /** Everybody can still be asked. */
  async expectService(vm: 'net-vm' | 'gui-vm'): Promise<void> {
    const { status, stderr } = await this.lab.cli(['get-status', vm, 'web.service']);
    if (status !== 0) throw new Error(`${vm} does not answer: ${stderr}`);
  }

  /** A call to a machine that is lost ends within its deadline, with a sentence that names the machine. */
  async expectRefusal(vm: string): Promise<void> {
    const { status, stderr, ms } = await this.lab.cli(['get-status', vm, 'web.service']);
    if (status === 0 || !stderr.includes(vm) || ms > 10_000)
      throw new Error(`a call to ${vm}, which is lost: status ${status} after ${ms} ms, ${stderr}`);
  }
}

export const becomes =
  (name: string, status: string, vm?: string) =>
  ({ kind, row }: WatchEvent): boolean =>
    kind !== 'UnitShutdown' && row.name === name && row.status === status && (vm === undefined || row.vm_name === vm);

export const leaves =
  (name: string, vm?: string) =>
  ({ kind, row }: WatchEvent): boolean =>
    kind === 'UnitShutdown' && row.name === name && (vm === undefined || row.vm_name === vm);

/** The shortest of three: what the product takes, not what the machine of the test is busy with. */
export async function best(times: number, measure: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let done = 0; done < times; done++) taken.push(await measure());
  return Math.min(...taken);
}
