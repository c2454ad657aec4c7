// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import { callerCancelled, type Slot } from '@givc/queue';
import { signalOf, type BidiStreamingCall, type exec } from '@givc/rpc';
import { Timeout } from '@givc/time';

export type ExecCall = BidiStreamingCall<exec.CommandRequest, exec.CommandResponse>;

/**
 * The number of bytes that the program may leave unread; a caller that sends more waits, and so do its signals behind
 * them.
 */
const maxUnread = 1024 * 1024;
/** signal(7): SIGRTMAX. */
const maxSignal = 64;

const firstFrameLimitMs = 10_000;

/**
 * The first message; later ones wait until the call is resumed. Rejects with DEADLINE_EXCEEDED when no message arrives
 * within 10 s.
 */
export function firstFrame(call: ExecCall): Promise<exec.CommandRequest> {
  return new Promise((resolve, reject) => {
    const fail = (error: GivcError) => {
      limit.cancel();
      reject(error);
    };
    const limit = new Timeout(firstFrameLimitMs, () =>
      fail(new GivcError('DEADLINE_EXCEEDED', `no Start within ${firstFrameLimitMs / 1_000} s`)),
    );
    signalOf(call).addEventListener('abort', () => fail(callerCancelled()));
    call.once('end', () => fail(invalid('Command', 'the first message is Start, and there was none')));
    call.once('data', (frame: exec.CommandRequest) => {
      limit.cancel();
      call.pause();
      resolve(frame);
    });
  });
}

/** A call that has ended for another reason, such as the end of the server, sends nothing. */
const send = (call: ExecCall, Event: exec.CommandResponse['Event']): boolean =>
  call.writableEnded || call.write({ Event });

/** Passes a message of the caller to the program. Throws INVALID_ARGUMENT for an unexpected message. */
function handleRequest(call: ExecCall, program: ProgramGroup, { Command: message }: exec.CommandRequest): void {
  switch (message?.$case) {
    case 'Start':
      throw invalid('Command', 'a call has one Start, its first message');
    case 'Signal': {
      const number = message.value.Signal;
      if (number < 1 || number > maxSignal)
        throw invalid('Signal', `invalid signal ${number}: expected 1-${maxSignal} (signal(7))`);
      program.signal(number);
      return;
    }
    case 'Stdin':
      return writeInput(call, program, message.value.Payload);
    case undefined:
  }
}

/** Input that the program no longer reads is dropped. */
function writeInput(call: ExecCall, { stdin }: ProgramGroup, bytes: Buffer): void {
  if (stdin.writableEnded || stdin.destroyed) return;
  if (bytes.length === 0) return void stdin.end();
  stdin.write(bytes);
  if (stdin.writableLength < maxUnread) return;
  call.pause();
  const resume = () => {
    stdin.off('drain', resume).off('close', resume);
    call.resume();
  };
  stdin.on('drain', resume).on('close', resume);
}

/** Sends the outputs as they come; the program waits while the caller does not read. */
function relayOutput(call: ExecCall, program: ProgramGroup): void {
  const outputs = [
    ['Stdout', program.stdout],
    ['Stderr', program.stderr],
  ] as const;
  for (const [$case, output] of outputs)
    output.on('data', (Payload: Buffer) => {
      if (send(call, { $case, value: { Payload } })) return;
      for (const [, each] of outputs) each.pause();
    });
  call.on('drain', () => {
    for (const [, output] of outputs) output.resume();
  });
}

/**
 * Passes the messages of the caller to the program, after `input`, and sends the caller `Started`, the outputs of the
 * program, and `Finished` once the program has ended and all output was sent; then resolves with its exit status. The
 * end of the caller's messages, or an empty `Stdin`, ends the input. Rejects and ends the program when the caller hangs
 * up or the slot expires, with the reason of the slot, and with INVALID_ARGUMENT for an unexpected message.
 */
export function relayCommand(
  call: ExecCall,
  program: ProgramGroup,
  input: Buffer | undefined,
  slot: Pick<Slot, 'signal' | 'reason'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const fail = (error: Error) => {
      isOver = true;
      program.abandon();
      reject(error);
    };
    send(call, { $case: 'Started', value: { Pid: program.pid } });
    relayOutput(call, program);
    call.on('data', (frame: exec.CommandRequest) => {
      if (isOver) return;
      try {
        handleRequest(call, program, frame);
      } catch (error) {
        fail(error as Error);
      }
    });
    // When a caller resets its stream, Node (20) ends its messages before it reports the reset: relay-command.spec.ts.
    call.on('end', () => setImmediate(() => void (call.cancelled || program.stdin.end())));
    const { signal } = slot;
    if (signal.aborted) return fail(slot.reason);
    signal.addEventListener('abort', () => fail(slot.reason));
    void program.ended.then((ReturnCode) => {
      if (isOver) return;
      isOver = true;
      send(call, { $case: 'Finished', value: { ReturnCode } });
      call.end();
      resolve(ReturnCode);
    });
    call.resume();
    if (input?.length) writeInput(call, program, input);
  });
}
