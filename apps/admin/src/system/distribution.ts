import { GivcError, messageOf, type VmName } from '@givc/model';
import type { AgentConnection } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';

interface Delivery {
  readonly done: Promise<void>;
  next?: Promise<void>;
}

interface Failure {
  readonly vm: VmName;
  readonly error: unknown;
}

const reasonMax = 100;
const shownMax = 8;

/** Brings the same to every agent, each at its own pace. An agent that could not be reached is owed it. */
export class Distribution {
  readonly #deliveries = new Map<VmName, Delivery>();
  readonly #owed = new Set<VmName>();

  /** `send` brings what is true when it is called. */
  constructor(
    private readonly what: string,
    private readonly agents: AgentConnections,
    private readonly send: (agent: AgentConnection) => Promise<void>,
  ) {}

  /**
   * Resolves once all have it. Rejects, when all have answered, with the names of those who have not, and why. The lost
   * are not waited for.
   */
  async toAll(vms: readonly VmName[], lost: readonly VmName[]): Promise<void> {
    const outcomes = await Promise.allSettled(vms.map((vm) => this.to(vm)));
    const failures: Failure[] = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ vm: vms[index]!, error: outcome.reason as unknown }] : [],
    );
    for (const vm of lost) {
      this.#owed.add(vm);
      failures.push({
        vm,
        error: new GivcError('UNAVAILABLE', 'the agent is lost; it gets the setting when it is back'),
      });
    }
    if (failures.length > 0) throw failed(this.what, failures, vms.length + lost.length);
  }

  /** Each agent is asked once at a time: for what has become true meanwhile it is asked once more afterwards. */
  to(vm: VmName): Promise<void> {
    const running = this.#deliveries.get(vm);
    if (running) return (running.next ??= running.done.catch(() => undefined).then(() => this.to(vm)));
    const done = this.#deliver(vm).finally(() => this.#deliveries.delete(vm));
    this.#deliveries.set(vm, { done });
    return done;
  }

  /** Whether the agent has missed something because it was away. */
  isOwed(vm: VmName): boolean {
    return this.#owed.has(vm);
  }

  forget(vm: VmName): void {
    this.#owed.delete(vm);
  }

  async #deliver(vm: VmName): Promise<void> {
    this.#owed.delete(vm);
    try {
      await this.send(this.agents.of(vm));
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'UNAVAILABLE') this.#owed.add(vm);
      throw error;
    }
  }
}

/**
 * UNAVAILABLE when that is all that is wrong; what an agent may not do is no refusal of the caller. Its info has the VMs,
 * separated by commas, and how many were asked in all.
 */
function failed(what: string, failures: readonly Failure[], of: number): GivcError {
  const isAway = failures.every(({ error }) => error instanceof GivcError && error.reason === 'UNAVAILABLE');
  const shown = failures.slice(0, shownMax);
  const reasons = shown.map(({ vm, error }) => `${vm} (${messageOf(error).slice(0, reasonMax)})`);
  const more = failures.length > shownMax ? ` and ${failures.length - shownMax} more` : '';
  return new GivcError(
    isAway ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    `the ${what} is set, except in ${failures.length} of ${of} VMs: ${reasons.join(', ')}${more}`,
    { info: { reason: 'NOT_SET_EVERYWHERE', metadata: { vms: shown.map(({ vm }) => vm).join(','), of: String(of) } } },
  );
}
