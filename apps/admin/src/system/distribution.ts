import { GivcError, type VmName } from '@givc/model';
import type { AgentConnection } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';
import { asOwnWork } from '../agents/on-behalf.js';
import { isUnavailable, settingError, type VmFailure } from './setting-error.js';

interface Delivery {
  readonly done: Promise<void>;
  next?: Promise<void>;
}

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
   * are not waited for. `isRefusedByAll` the error when none took it and one refused.
   */
  async toAll(vms: readonly VmName[], lost: readonly VmName[]): Promise<void> {
    const outcomes = await Promise.allSettled(vms.map((vm) => this.to(vm)));
    const failures: VmFailure[] = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ vm: vms[index]!, error: outcome.reason as unknown }] : [],
    );
    if (failures.length + lost.length === 0) return;
    const of = vms.length + lost.length;
    const refusedByAll = failures.length === vms.length && failures.some(({ error }) => !isUnavailable(error));
    const later = refusedByAll ? '' : '; it gets the setting when it is back';
    for (const vm of lost) {
      this.#owed.add(vm);
      failures.push({ vm, error: new GivcError('UNAVAILABLE', `the agent is lost${later}`) });
    }
    throw settingError(this.what, failures, { of, refusedByAll });
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
      await asOwnWork(() => this.send(this.agents.of(vm)));
    } catch (error) {
      if (isUnavailable(error)) this.#owed.add(vm);
      throw error;
    }
  }
}
