// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { errorOfStatus, exec, type CallError, type OutgoingBidiCall, type RpcChannel } from '@givc/rpc';

export interface CommandRun {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly status: number;
  /** The answers of the agent in order; adjacent answers of the same kind are joined. */
  readonly events: readonly string[];
}

/** A call of `exec.Exec/RunCommand`, read from the start unless it is paused. */
export class RunningCommand {
  readonly call: OutgoingBidiCall<exec.CommandRequest, exec.CommandResponse>;
  readonly started: Promise<number>;
  /** Resolves with the end of the call; rejects with its status unless that is OK. */
  readonly ended: Promise<CommandRun>;
  readonly #output = { Stdout: [] as Buffer[], Stderr: [] as Buffer[] };
  #wake: () => void = () => undefined;

  constructor(channel: RpcChannel, start?: Partial<exec.StartCommand>) {
    this.call = channel.duplex(exec.ExecService.runCommand);
    const events: string[] = [];
    let status = -1;
    this.started = new Promise((resolve, reject) => {
      this.call.once('error', reject);
      this.call.on('data', ({ Event }: exec.CommandResponse) => {
        if (Event && events.at(-1) !== Event.$case) events.push(Event.$case);
        switch (Event?.$case) {
          case 'Started':
            return resolve(Event.value.Pid);
          case 'Finished':
            return void (status = Event.value.ReturnCode);
          case 'Stdout':
          case 'Stderr':
            this.#output[Event.$case].push(Event.value.Payload);
            return this.#wake();
          case undefined:
        }
      });
    });
    this.started.catch(() => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.call.once('error', (error: CallError) => reject(errorOfStatus(error)));
      this.call.once('end', () =>
        resolve({ stdout: this.stdout, stderr: Buffer.concat(this.#output.Stderr), status, events }),
      );
    });
    this.ended.catch(() => undefined);
    if (start) this.send({ $case: 'Start', value: { Command: '', Arguments: [], EnvVars: {}, ...start } });
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#output.Stdout);
  }

  send(Command: exec.CommandRequest['Command']): boolean {
    return this.call.write({ Command });
  }

  stdin(Payload: Uint8Array | string): boolean {
    return this.send({ $case: 'Stdin', value: { Payload: Buffer.from(Payload) } });
  }

  signal(Signal: number): boolean {
    return this.send({ $case: 'Signal', value: { Signal } });
  }

  /** Resolves when the program has written this to its stdout. */
  async wrote(text: string): Promise<void> {
    while (!this.stdout.includes(text)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
