/** What the caller of a fake call has sent; as grpc-js does, it comes one message each time that one is asked for, later. */
export class SentMessages<T> {
  readonly #waiting: (T | null)[] = [];
  #isWanted = false;

  /** `push` is that of the readable stream of the call. */
  constructor(private readonly push: (message: T | null) => unknown) {}

  /** How many have not been asked for. */
  get unread(): number {
    return this.#waiting.length;
  }

  /** After null nothing comes any more. */
  send(...messages: readonly (T | null)[]): void {
    this.#waiting.push(...messages);
    this.#deliver();
  }

  /** The stream asks for one. */
  read(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  #deliver(): void {
    if (!this.#isWanted || this.#waiting.length === 0) return;
    this.#isWanted = false;
    process.nextTick(() => this.push(this.#waiting.shift()!));
  }
}
