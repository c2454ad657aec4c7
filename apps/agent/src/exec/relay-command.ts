import type { ServerDuplexStream } from '@grpc/grpc-js';
import { GivcError, invalid } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import type { Slot } from '@givc/queue';
import { signalOf, type exec } from '@givc/rpc';
import { Timeout } from '@givc/time';

export type ExecCall = ServerDuplexStream<exec.CommandRequest, exec.CommandResponse>;

const hungUp = (): GivcError => new GivcError('CANCELLED', 'the caller hung up');

/** What the program has not read yet; a caller who sends more waits, and so do the signals behind it. */
const maxUnread = 1024 * 1024;
/** signal(7): SIGRTMAX. */
const maxSignal = 64;

const firstFrameLimitMs = 10_000;

/**
 * The first message; what comes after it waits until somebody listens and resumes the call. Rejects with
 * DEADLINE_EXCEEDED when there is none within 10 s.
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
    signalOf(call).addEventListener('abort', () => fail(hungUp()));
    call.once('end', () => fail(invalid('Command', 'the first message is Start, and there was none')));
    call.once('data', (frame: exec.CommandRequest) => {
      limit.cancel();
      call.pause();
      resolve(frame);
    });
  });
}

/** After a call was ended for another reason, such as the end of the server, nothing can be said. */
const send = (call: ExecCall, Event: exec.CommandResponse['Event']): boolean =>
  call.writableEnded || call.write({ Event });

/** Hands what the caller says to the program. Throws INVALID_ARGUMENT for what makes no sense. */
function handleRequest(call: ExecCall, program: ProgramGroup, { Command: message }: exec.CommandRequest): void {
  switch (message?.$case) {
    case 'Start':
      throw invalid('Command', 'a call has one Start, its first message');
    case 'Signal': {
      const number = message.value.Signal;
      if (number < 1 || number > maxSignal) throw invalid('Signal', `${number} is no number of a signal (signal(7))`);
      program.signal(number);
      return;
    }
    case 'Stdin':
      return writeInput(call, program, message.value.Payload);
    case undefined:
  }
}

/** What no program reads any more is dropped. */
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

/** The outputs as they come; the program waits when the caller does not read. */
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
 * Passes on what the caller says to the program, first the `input`, and what the program says to the caller: `Started`,
 * its outputs, and when it has ended and all was said `Finished`; then resolves with its exit status. The caller's end of
 * the call, or an empty `Stdin`, ends its input. Rejects with the reason of the place when its caller hangs up or it expires, INVALID_ARGUMENT for a
 * message that makes no sense; then the program ends.
 */
export function relayCommand(
  call: ExecCall,
  program: ProgramGroup,
  input: Buffer | undefined,
  place: Pick<Slot, 'signal' | 'reason'>,
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
    // Of a caller that hangs up, grpc-js (1.14.7) tells first that its messages have ended; half an input is no input.
    call.on('end', () => setImmediate(() => void (call.cancelled || program.stdin.end())));
    const { signal } = place;
    if (signal.aborted) return fail(place.reason);
    signal.addEventListener('abort', () => fail(place.reason));
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
