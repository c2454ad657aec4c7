// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { PassThrough, Writable } from 'node:stream';
import type { ProgramGroup } from '@givc/programs';
import type { exec } from '@givc/rpc';
import { FakeCall } from './exec-call.fixture.js';
import { relayCommand } from './relay-command.js';

const start: exec.CommandRequest = {
  Command: { $case: 'Start', value: { Command: 'cat', Arguments: [], EnvVars: {} } },
};
const mebibyte = 1024 * 1024;
/** Resolves once pending work of streams is done. */
const settled = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

/** A program whose input, outputs and end the test controls. */
class FakeProgram {
  readonly pid = 4711;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly signals: number[] = [];
  isAbandoned = false;
  exit!: (status: number) => void;
  readonly ended = new Promise<number>((resolve) => (this.exit = resolve));
  readonly #input: Buffer[] = [];
  #unread: (() => void)[] = [];

  constructor(private isReading = true) {}

  readonly stdin = new Writable({
    write: (chunk: Buffer, _, done) => {
      const take = () => {
        this.#input.push(chunk);
        done();
      };
      if (this.isReading) take();
      else this.#unread.push(take);
    },
  });

  /** The input that it has read. */
  get input(): Buffer {
    return Buffer.concat(this.#input);
  }

  read(): void {
    this.isReading = true;
    for (const take of this.#unread.splice(0)) take();
  }

  signal(number: number): boolean {
    this.signals.push(number);
    return true;
  }

  abandon(): void {
    this.isAbandoned = true;
  }
}

describe('a call and its program', () => {
  let call: FakeCall;
  let program: FakeProgram;
  beforeEach(() => {
    call = new FakeCall();
    program = new FakeProgram();
  });

  const join = (input?: Buffer) => {
    const status = relayCommand(call.asCall, program as unknown as ProgramGroup, input, call.slot);
    status.catch(() => undefined);
    return status;
  };

  it('receives Started, then both outputs as they come, and Finished last', async () => {
    const status = join();
    program.stdout.write('out');
    await settled();
    program.stderr.write('err');
    await settled();
    program.exit(7);
    expect(await status).toBe(7);
    expect(call.answers).toEqual([
      { $case: 'Started', value: { Pid: 4711 } },
      { $case: 'Stdout', value: { Payload: Buffer.from('out') } },
      { $case: 'Stderr', value: { Payload: Buffer.from('err') } },
      { $case: 'Finished', value: { ReturnCode: 7 } },
    ]);
    expect(call.writableEnded).toBe(true);
  });

  it('passes the input of Start and later input to the program, until an empty message', async () => {
    void join(Buffer.from('first '));
    call.stdin('second ', 'third', '', 'too late');
    await settled();
    expect(program.input.toString()).toBe('first second third');
    expect(program.stdin.writableEnded).toBe(true);
  });

  it('leaves the input open when Start has none', async () => {
    void join(Buffer.alloc(0));
    await settled();
    expect(program.stdin.writableEnded).toBe(false);
  });

  it('ends the input of the program when the caller ends the call', async () => {
    void join();
    call.stdin('all');
    call.halfClose();
    await settled();
    expect(program.input.toString()).toBe('all');
    expect(program.stdin.writableEnded).toBe(true);
  });

  it('does not end the input of the program when the caller hangs up', async () => {
    void join();
    call.stdin('half');
    call.cancelled = true;
    call.halfClose();
    await settled();
    expect(program.stdin.writableEnded).toBe(false);
  });

  it('buffers about 1 MiB of the 8 MiB that a program does not read, and makes the caller wait with the rest', async () => {
    program = new FakeProgram(false);
    void join();
    const chunks = Array.from({ length: 64 }, (_, index) => Buffer.alloc(mebibyte / 8, index));
    call.stdin(...chunks);
    await settled();
    expect(program.stdin.writableLength).toBe(mebibyte);
    expect(call.unread).toBe(64 - 8);
    program.read();
    await settled();
    expect(program.input.equals(Buffer.concat(chunks))).toBe(true);
  });

  it('makes the caller wait for the input of Start, too', async () => {
    program = new FakeProgram(false);
    void join(Buffer.alloc(mebibyte));
    call.stdin('more');
    await settled();
    expect(program.stdin.writableLength).toBe(mebibyte);
    program.read();
    await settled();
    expect(program.input.length).toBe(mebibyte + 4);
  });

  it('resumes reading from the caller when the program closes its input, and drops further input', async () => {
    program = new FakeProgram(false);
    void join();
    call.stdin(Buffer.alloc(mebibyte), 'more');
    call.signal(15);
    await settled();
    expect(program.signals).toEqual([]);
    program.stdin.destroy();
    await settled();
    expect(program.signals).toEqual([15]);
    expect(program.input.length).toBe(0);
  });

  it('leaves no listener behind after the caller has waited', async () => {
    program = new FakeProgram(false);
    void join();
    const listeners = () => program.stdin.listenerCount('drain') + program.stdin.listenerCount('close');
    const before = listeners();
    call.stdin(Buffer.alloc(mebibyte));
    await settled();
    expect(listeners()).toBe(before + 2);
    program.read();
    await settled();
    expect(listeners()).toBe(before);
  });

  it.each([1, 15, 64])('passes signal %d on', async (number) => {
    void join();
    call.signal(number);
    await settled();
    expect(program.signals).toEqual([number]);
    expect(program.isAbandoned).toBe(false);
  });

  it.each([0, -1, 65])('fails with INVALID_ARGUMENT at signal %d, and the program ends', async (number) => {
    const status = join();
    call.signal(number);
    await expect(status).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: `Signal: invalid signal ${number}: expected 1-64 (signal(7))`,
    });
    expect([program.signals, program.isAbandoned]).toEqual([[], true]);
  });

  it('fails with INVALID_ARGUMENT at a second Start, and passes nothing on afterwards', async () => {
    const status = join();
    call.send(start.Command);
    await expect(status).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'Command: a call has one Start, its first message',
    });
    expect(program.isAbandoned).toBe(true);
    call.signal(15);
    program.exit(0);
    await settled();
    expect(program.signals).toEqual([]);
    expect(call.kinds).toEqual(['Started']);
  });

  it('ignores messages and the cancellation of the caller after its program has ended', async () => {
    const status = join();
    program.exit(3);
    expect(await status).toBe(3);
    call.signal(15);
    await settled();
    call.hangUp();
    expect(program.signals).toEqual([]);
    expect(call.kinds).toEqual(['Started', 'Finished']);
  });

  it('ignores a message of a kind that it does not know', async () => {
    const status = join();
    call.send(undefined);
    call.signal(15);
    await settled();
    program.exit(0);
    expect(await status).toBe(0);
    expect(program.signals).toEqual([15]);
  });

  it.each([
    ['while the program runs', () => join(), () => call.hangUp()],
    ['before the program has started', () => (call.hangUp(), join()), () => undefined],
  ])('fails with CANCELLED when the caller hangs up %s, and the program ends', async (_, begin, then) => {
    const status = begin();
    then();
    await expect(status).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(program.isAbandoned).toBe(true);
  });

  it('makes the program wait, with both of its outputs, while the caller does not read', async () => {
    void join();
    await settled();
    call.stopReading();
    program.stdout.write('one');
    await settled();
    expect([program.stdout.isPaused(), program.stderr.isPaused()]).toEqual([true, true]);
    program.stderr.write('two');
    await settled();
    expect(call.output('Stderr')).toBe('');
    call.readAgain();
    await settled();
    expect([program.stdout.isPaused(), program.stderr.isPaused()]).toEqual([false, false]);
    expect(call.output('Stderr')).toBe('two');
  });

  it('sends no responses and does not block the program after the call has ended for another reason', async () => {
    const status = join();
    call.end();
    await settled();
    program.stdout.write('unheard');
    await settled();
    expect(program.stdout.isPaused()).toBe(false);
    program.exit(0);
    expect(await status).toBe(0);
    expect(call.kinds).toEqual(['Started']);
  });
});
