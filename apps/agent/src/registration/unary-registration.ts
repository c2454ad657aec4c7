import { GivcError, messageOf } from '@givc/model';
import type { admin } from '@givc/rpc';

/** With more changes that the admin has not accepted, everything is registered anew instead of one after another. */
const maxPending = 1_000;
/** How often the agent registers again. */
const renewalMs = 10_000;

export interface RegistrationHandlers {
  registered(): void;
  rejected(unit: string, reason: string): void;
  /** The agent itself was rejected, or the admin went away: nothing more is sent. */
  failed(error: unknown): void;
}

/** A request to send, or a flush that waits until all before it are answered. */
type Pending = admin.RegistryRequest | (() => void);

/** The admin was not there, or went away: the connection comes back by itself. */
export const isAbsence = (error: unknown): boolean =>
  error instanceof GivcError && ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.reason);

/**
 * Registers the agent and its units with an admin without reports, by `RegisterService`, then each unit that changes, one
 * after another, in order. The agent and its units register again each 10 s: an admin that vanished would not be
 * noticed otherwise, and one that has removed them, because it learned late that the earlier boot is over, does not say
 * so.
 */
export class UnaryRegistration {
  #pending: Pending[] = [];
  #isSending = true;
  #hasEnded = false;
  #renewal: NodeJS.Timeout | undefined;
  /** By unit, why it is rejected. */
  readonly #rejections = new Map<string, string>();

  constructor(
    private readonly agent: admin.RegistryRequest,
    /** As they are now. */
    private readonly units: () => readonly admin.RegistryRequest[],
    private readonly register: (request: admin.RegistryRequest) => Promise<void>,
    private readonly handlers: RegistrationHandlers,
  ) {
    this.#registerAll(() => this.#begin());
  }

  send(request: admin.RegistryRequest): void {
    if (this.#hasEnded) return;
    if (this.#pending.length >= maxPending)
      return this.#fail(new GivcError('RESOURCE_EXHAUSTED', 'the admin accepts changes too slowly'));
    this.#pending.push(request);
    this.#drain();
  }

  /** Resolves once the admin has answered everything sent so far, or the registration has ended. */
  flush(): Promise<void> {
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
    this.handlers.registered();
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
    for (const name of this.#rejections.keys()) if (!names.has(name)) this.#rejections.delete(name);
    await this.register(this.agent);
    await Promise.all(units.map((unit) => this.#registerUnit(unit)));
  }

  #drain(): void {
    if (this.#isSending) return;
    let next = this.#pending.shift();
    for (; typeof next === 'function'; next = this.#pending.shift()) next();
    if (!next) return;
    this.#isSending = true;
    this.#registerUnit(next).then(
      () => {
        this.#isSending = false;
        this.#drain();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** One unit that the admin rejects does not keep the others from being sent. The same reason is reported once. */
  async #registerUnit(request: admin.RegistryRequest): Promise<void> {
    const { Name: unit } = request;
    try {
      await this.register(request);
      this.#rejections.delete(unit);
    } catch (error) {
      if (isAbsence(error)) throw error;
      const reason = messageOf(error);
      if (this.#rejections.get(unit) === reason) return;
      this.#rejections.set(unit, reason);
      this.handlers.rejected(unit, reason);
    }
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.close();
    this.handlers.failed(error);
  }
}
