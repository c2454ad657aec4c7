import { Duplex } from 'node:stream';
import type { exec } from '@givc/rpc';
import type { ExecCall } from './relay.js';

type Command = exec.CommandRequest['Command'];
type Event = exec.CommandResponse['Event'];

/** The server's end of a call of `exec.Exec/RunCommand`, without a connection: a test is its caller. */
export class FakeCall extends Duplex {
  cancelled = false;
  /** What the caller was answered, in order. */
  readonly answers: Event[] = [];
  /** What the caller has sent and the server has not asked for. */
  readonly #sent: ({ readonly Command: Command } | null)[] = [];
  #isWanted = false;
  /** While it is set, the caller does not read. */
  #reading: (() => void) | undefined;
  #isReading = true;
  #wake: () => void = () => undefined;

  constructor() {
    super({ objectMode: true, writableHighWaterMark: 1 });
  }

  /** As the handlers take it. */
  get asCall(): ExecCall {
    return this as unknown as ExecCall;
  }

  /** A caller without a certificate. */
  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return '127.0.0.1:1';
  }

  send(...commands: Command[]): void {
    for (const command of commands) this.#sent.push({ Command: command });
    this.#deliver();
  }

  stdin(...payloads: readonly (Buffer | string)[]): void {
    this.send(...payloads.map((each): Command => ({ $case: 'Stdin', value: { Payload: Buffer.from(each) } })));
  }

  signal(number: number): void {
    this.send({ $case: 'Signal', value: { Signal: number } });
  }

  /** The caller has nothing more to say. */
  halfClose(): void {
    this.#sent.push(null);
    this.#deliver();
  }

  /** How many messages of the caller have not reached a handler. */
  get unread(): number {
    return this.#sent.length + this.readableLength;
  }

  hangUp(): void {
    this.cancelled = true;
    this.emit('cancelled');
  }

  stopReading(): void {
    this.#isReading = false;
  }

  readAgain(): void {
    this.#isReading = true;
    this.#reading?.();
  }

  /** The kinds of the answers, in order. */
  get kinds(): readonly (string | undefined)[] {
    return this.answers.map((answer) => answer?.$case);
  }

  /** Everything that the caller was answered from this output. */
  output(of: 'Stdout' | 'Stderr'): string {
    return this.answers.map((answer) => (answer?.$case === of ? answer.value.Payload.toString() : '')).join('');
  }

  /** Resolves as soon as this text has come from the program's stdout. */
  async wrote(text: string): Promise<void> {
    while (!this.output('Stdout').includes(text)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  override _read(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  /** As grpc-js does it: one message each time that one is asked for, later. */
  #deliver(): void {
    if (!this.#isWanted || this.#sent.length === 0) return;
    this.#isWanted = false;
    process.nextTick(() => this.push(this.#sent.shift()));
  }

  override _write({ Event }: exec.CommandResponse, _: BufferEncoding, done: () => void): void {
    this.answers.push(Event);
    this.#wake();
    if (this.#isReading) return done();
    this.#reading = done;
  }
}
