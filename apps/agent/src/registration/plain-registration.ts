import { GivcError, messageOf } from '@givc/model';
import type { admin } from '@givc/rpc';

/** After so many changes that the admin has not taken, all is told anew instead of one after another. */
const maxPending = 1_000;
/** How often the agent registers again. */
const renewalMs = 10_000;

export interface PlainEvents {
  registered(): void;
  refused(unit: string, why: string): void;
  /** The agent itself was refused, or the admin went away: nothing more is told. */
  failed(error: unknown): void;
}

/** A request to make, or somebody who waits until all before it are answered. */
type Pending = admin.RegistryRequest | (() => void);

/** The admin was not there, or went away: the connection comes back by itself. */
export const isAbsence = (error: unknown): boolean =>
  error instanceof GivcError && ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.reason);

/**
 * Tells an admin that takes no reports: the agent and all of its units by `RegisterService`, then each unit that
 * changes by registering it again, one after another, in order. While nothing changes, the agent registers again each
 * 10 s, because an admin that is gone without a word would not be noticed otherwise.
 */
export class PlainRegistration {
  #pending: Pending[] = [];
  #isSending = true;
  #hasEnded = false;
  #renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly agent: admin.RegistryRequest,
    units: readonly admin.RegistryRequest[],
    private readonly register: (request: admin.RegistryRequest) => Promise<void>,
    private readonly events: PlainEvents,
  ) {
    this.#begin(units).catch((error: unknown) => this.#fail(error));
  }

  tell(request: admin.RegistryRequest): void {
    if (this.#hasEnded) return;
    if (this.#pending.length >= maxPending)
      return this.#fail(new GivcError('RESOURCE_EXHAUSTED', 'the admin takes changes too slowly'));
    this.#pending.push(request);
    this.#drain();
  }

  /** Resolves once the admin has taken all that was told so far, or telling has ended. */
  told(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hasEnded) return resolve();
      this.#pending.push(resolve);
      this.#drain();
    });
  }

  close(): void {
    this.#hasEnded = true;
    clearInterval(this.#renewal);
    for (const pending of this.#pending) if (typeof pending === 'function') pending();
    this.#pending = [];
  }

  async #begin(units: readonly admin.RegistryRequest[]): Promise<void> {
    await this.register(this.agent);
    await Promise.all(units.map((unit) => this.#tell(unit)));
    if (this.#hasEnded) return;
    this.#isSending = false;
    this.#renewal = setInterval(() => {
      if (!this.#isSending) this.tell(this.agent);
    }, renewalMs);
    this.events.registered();
    this.#drain();
  }

  #drain(): void {
    if (this.#isSending) return;
    let next = this.#pending.shift();
    for (; typeof next === 'function'; next = this.#pending.shift()) next();
    if (!next) return;
    this.#isSending = true;
    this.#tell(next).then(
      () => {
        this.#isSending = false;
        this.#drain();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** One unit that the admin refuses does not keep the others from being told. */
  async #tell(request: admin.RegistryRequest): Promise<void> {
    try {
      await this.register(request);
    } catch (error) {
      if (isAbsence(error)) throw error;
      this.events.refused(request.Name, messageOf(error));
    }
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.close();
    this.events.failed(error);
  }
}
