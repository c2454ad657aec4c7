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
 * changes by registering it again, one after another, in order. The agent and its units register again each 10 s: an
 * admin that is gone without a word would not be noticed otherwise, and one that has removed them, because it heard late
 * that the boot before is over, says so to no one.
 */
export class PlainRegistration {
  #pending: Pending[] = [];
  #isSending = true;
  #hasEnded = false;
  #renewal: NodeJS.Timeout | undefined;
  /** By unit, why it is refused. */
  readonly #refusals = new Map<string, string>();

  constructor(
    private readonly agent: admin.RegistryRequest,
    /** As they are now. */
    private readonly units: () => readonly admin.RegistryRequest[],
    private readonly register: (request: admin.RegistryRequest) => Promise<void>,
    private readonly events: PlainEvents,
  ) {
    this.#registerAll(() => this.#begin());
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

  #begin(): void {
    this.#renewal = setInterval(() => {
      if (!this.#isSending) this.#registerAll(() => undefined);
    }, renewalMs);
    this.events.registered();
  }

  /** What changes meanwhile is sent afterwards. */
  #registerAll(done: () => void): void {
    this.#isSending = true;
    this.#sendAll().then(
      () => {
        if (this.#hasEnded) return;
        this.#isSending = false;
        done();
        this.#drain();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  async #sendAll(): Promise<void> {
    const units = this.units();
    const names = new Set(units.map(({ Name }) => Name));
    for (const name of this.#refusals.keys()) if (!names.has(name)) this.#refusals.delete(name);
    await this.register(this.agent);
    await Promise.all(units.map((unit) => this.#tell(unit)));
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

  /** One unit that the admin refuses does not keep the others from being sent. The same reason is reported once. */
  async #tell(request: admin.RegistryRequest): Promise<void> {
    const { Name: unit } = request;
    try {
      await this.register(request);
      this.#refusals.delete(unit);
    } catch (error) {
      if (isAbsence(error)) throw error;
      const reason = messageOf(error);
      if (this.#refusals.get(unit) === reason) return;
      this.#refusals.set(unit, reason);
      this.events.refused(unit, reason);
    }
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.close();
    this.events.failed(error);
  }
}
