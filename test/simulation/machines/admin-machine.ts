// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallTap } from '../network/dialer.js';
import { Interface } from '../network/interface.js';
import { SimulatedProcess } from '../time/simulated-process.js';
import { adminIp, adminVm } from './layout.js';
import { StateDirectory } from './memory-storage.js';
import { startAdmin, type Program } from './programs.js';
import type { Environment } from './environment.js';

/** The machine of the admin, and the admin itself, which is started again by the code that ends it. */
export class AdminMachine {
  readonly card = new Interface(adminVm, adminIp);
  readonly directory = new StateDirectory();
  process: SimulatedProcess | undefined;
  #program: Program | undefined;
  #processes = 0;

  constructor(
    private readonly environment: Environment,
    private readonly events: {
      /** Called for each admin before it can be called. */
      started(program: Program): void;
      /** The admin has stopped on request, and sends nothing more. */
      ended(hasStopped: boolean): void;
      /** Observes each call that the admin makes. */
      readonly calls: CallTap;
    },
  ) {
    environment.network.add(this.card);
  }

  get isReachable(): boolean {
    return this.card.isUp && this.card.isPlugged && this.process?.isRunning === true && this.#program !== undefined;
  }

  get program(): Program | undefined {
    return this.#program;
  }

  start(): void {
    this.environment.scheduler.after(0, () => {
      if (this.card.isUp && !this.process) return this.#start();
    });
  }

  /** Ends the admin like SIGKILL. */
  kill(): void {
    this.#end(false);
  }

  #end(hasStopped: boolean): void {
    if (this.#program) this.events.ended(hasStopped);
    this.#program = undefined;
    this.process?.kill();
    this.process = undefined;
  }

  /** Ends the admin like SIGTERM; `ended` is called when it has ended, unless it was killed meanwhile. */
  stop(ended: () => void): void {
    const program = this.#program;
    if (!program?.process.isRunning) return;
    this.environment.scheduler.after(0, () =>
      program.process.perform('io', 'gets SIGTERM', () => {
        void program.close().then(() => {
          if (this.process !== program.process) return;
          this.#end(true);
          ended();
        });
      }),
    );
  }

  /** Ends the machine at once, without closing any connection. */
  powerOff(): void {
    this.card.goDown();
    this.kill();
  }

  powerOn(): void {
    if (!this.card.isUp) this.card.boots();
  }

  #start(): unknown {
    const { scheduler, network, settings } = this.environment;
    const nameOf = (ip: string) => this.environment.nameOf(ip);
    const onLog = (line: string) => this.environment.onLog(name, line);
    const name = `admin#${++this.#processes}`;
    const process = new SimulatedProcess(scheduler, name, (error) => this.environment.onError(name, error));
    this.process = process;
    const place = { process, network, at: this.card, window: settings.window, tap: this.events.calls, nameOf, onLog };
    return process.perform('io', 'starts', async () => {
      this.#program = await startAdmin(place, this.directory, settings);
      this.events.started(this.#program);
    });
  }
}
