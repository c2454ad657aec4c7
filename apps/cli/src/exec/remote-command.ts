// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once, type EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { GivcError } from '@givc/model';
import { errorOfStatus, exec, type CallError, type OutgoingBidiCall, type RpcChannel } from '@givc/rpc';

type Call = OutgoingBidiCall<exec.CommandRequest, exec.CommandResponse>;

/** The streams of a program that runs elsewhere. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Emits the signals. */
  readonly signals: EventEmitter;
}

const passedOn = ['SIGINT', 'SIGTERM'] as const;
const statusMax = 255;

/**
 * Sends the data of `stdin`, at the rate at which the program reads, and an empty message at its end. Returns how to
 * stop.
 */
function feed(call: Call, stdin: Readable): () => void {
  const send = (Payload: Buffer): boolean => call.write({ Command: { $case: 'Stdin', value: { Payload } } });
  const resume = () => stdin.resume();
  const pass = (bytes: Buffer) => void (send(bytes) || stdin.pause());
  const end = () => void send(Buffer.alloc(0));
  const fail = ({ message }: Error) =>
    call.destroy(new GivcError('FAILED_PRECONDITION', `cannot read stdin: ${message}`));
  call.on('drain', resume);
  stdin.on('data', pass).on('end', end).on('error', fail);
  return () => {
    call.off('drain', resume);
    stdin.off('data', pass).off('end', end).off('error', fail).pause();
  };
}

/**
 * Sends the first SIGINT or SIGTERM to the program; the next one ends the call and calls `leave`. Returns a function
 * that stops this.
 */
function passSignals(call: Call, signals: EventEmitter, leave: (number: number) => void): () => void {
  let isPassed = false;
  const pass = (_: unknown, Signal: number): void => {
    if (isPassed) {
      leave(Signal);
      call.cancel();
    } else call.write({ Command: { $case: 'Signal', value: { Signal } } });
    isPassed = true;
  };
  for (const name of passedOn) signals.on(name, pass);
  return () => {
    for (const name of passedOn) signals.off(name, pass);
  };
}

/** The responses of an agent, with the name of its machine. */
const ofAgent = (machine: string, { reason, message, ...more }: GivcError): GivcError =>
  new GivcError(reason, `${machine}: ${message}`, more);

async function show(output: Writable, bytes: Buffer): Promise<void> {
  if (!output.write(bytes)) await once(output, 'drain');
}

/**
 * Runs a program by an agent, with the input, outputs and signals of this process, and resolves with its exit status;
 * with 128 and the number of the signal when a second one has ended the call and the program.
 */
export async function runRemotely(
  agent: RpcChannel,
  start: exec.StartCommand,
  { stdin, stdout, stderr, signals }: Terminal,
): Promise<number> {
  const call = agent.duplex(exec.ExecService.runCommand);
  call.write({ Command: { $case: 'Start', value: start } });
  const stopFeeding = feed(call, stdin);
  let status: number | undefined;
  const stopPassing = passSignals(call, signals, (number) => (status = 128 + number));
  try {
    for await (const { Event } of call as AsyncIterable<exec.CommandResponse>) {
      if (Event?.$case === 'Stdout') await show(stdout, Event.value.Payload);
      if (Event?.$case === 'Stderr') await show(stderr, Event.value.Payload);
      if (Event?.$case === 'Finished') status = Event.value.ReturnCode;
    }
  } catch (error) {
    if (status === undefined)
      throw error instanceof GivcError ? error : ofAgent(agent.endpoint.name, errorOfStatus(error as CallError));
  } finally {
    stopPassing();
    stopFeeding();
    call.cancel();
  }
  if (status === undefined || status < 0 || status > statusMax)
    throw new GivcError('INTERNAL', 'the agent did not report the exit status of the program');
  return status;
}
