// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import { GivcError } from '@givc/model';
import type { Slot } from '@givc/queue';
import { signalOf, type exec } from '@givc/rpc';
import { SentMessages } from '../../fixtures/sent-messages.fixture.js';
import type { ExecCall } from './relay-command.js';

type Command = exec.CommandRequest['Command'];
type Event = exec.CommandResponse['Event'];

/** The server's end of a call of `exec.Exec/RunCommand`, without a connection; the test is the caller. */
export class FakeCall extends Duplex {
  cancelled = false;
  /** The address of the caller, which has no certificate. */
  address = '127.0.0.1';
  /** The answers to the caller, in order. */
  readonly answers: Event[] = [];
  readonly #sent = new SentMessages<exec.CommandRequest>((message) => this.push(message));
  /** While it is set, the caller does not read. */
  #reading: (() => void) | undefined;
  #isReading = true;
  #wake: () => void = () => undefined;

  constructor() {
    super({ objectMode: true, writableHighWaterMark: 1 });
  }

  /** In the type that handlers expect. */
  get asCall(): ExecCall {
    return this as unknown as ExecCall;
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  /** The slot that a queue would give this call. */
  get slot(): Pick<Slot, 'signal' | 'reason'> {
    return { signal: signalOf(this.asCall), reason: new GivcError('CANCELLED', 'the caller hung up') };
  }

  send(...commands: Command[]): void {
    this.#sent.send(...commands.map((Command) => ({ Command })));
  }

  stdin(...payloads: readonly (Buffer | string)[]): void {
    this.send(...payloads.map((each): Command => ({ $case: 'Stdin', value: { Payload: Buffer.from(each) } })));
  }

  signal(number: number): void {
    this.send({ $case: 'Signal', value: { Signal: number } });
  }

  /** The caller ends its messages. */
  halfClose(): void {
    this.#sent.send(null);
  }

  /** The number of messages that have not reached a handler. */
  get unread(): number {
    return this.#sent.unread + this.readableLength;
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

  /** The kinds of the responses, in order. */
  get kinds(): readonly (string | undefined)[] {
    return this.answers.map((answer) => answer?.$case);
  }

  /** Everything that the caller received of this output. */
  output(of: 'Stdout' | 'Stderr'): string {
    return this.answers.map((answer) => (answer?.$case === of ? answer.value.Payload.toString() : '')).join('');
  }

  /** Resolves with the first response. */
  async wasAnswered(): Promise<void> {
    while (this.answers.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Resolves once stdout has had this text. */
  async wrote(text: string): Promise<void> {
    while (!this.output('Stdout').includes(text)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  override _read(): void {
    this.#sent.read();
  }

  override _write({ Event }: exec.CommandResponse, _: BufferEncoding, done: () => void): void {
    this.answers.push(Event);
    this.#wake();
    if (this.#isReading) return done();
    this.#reading = done;
  }
}
