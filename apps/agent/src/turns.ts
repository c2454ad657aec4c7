import { GivcError } from '@givc/model';

/** Work of which one piece is done at a time, in the order in which it was asked for. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #open = 0;

  /** `name` is what errors say is busy; at most `max` pieces are at work or wait. */
  constructor(
    private readonly name: string,
    private readonly max: number,
  ) {}

  /**
   * Ends as `work` does, which begins when all that came before has ended. RESOURCE_EXHAUSTED when too many wait
   * already; CANCELLED, without having begun, when the signal is aborted before its turn.
   */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#open >= this.max)
      throw new GivcError('RESOURCE_EXHAUSTED', `${this.name}: ${this.max} calls wait already; try again later`);
    const before = this.#last;
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.#last = before.then(() => ended);
    this.#open++;
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      this.#open--;
      end();
    }
  }
}

function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new GivcError('CANCELLED', 'the caller hung up'));
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
  });
}
