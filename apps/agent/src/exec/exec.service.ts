// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callerOf, noteChange, queuedCallOf } from '@givc/access';
import type { VmName } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import { FairQueue, type Slot } from '@givc/queue';
import { AgentSettings } from '../config/agent-settings.js';
import { ExecConfig } from './exec.config.js';
import { launch } from './launch.js';
import { permitCommand, type PermittedCommand } from './permission.js';
import { firstFrame, relayCommand, type ExecCall } from './relay-command.js';
import { parseStart, type StartRequest } from './start-request.js';
import { permitUpdate } from './update-permission.js';
import { ownUser } from './users.js';

const recordedMax = 256;

/**
 * A program may run for long while there are free slots. A call does not wait for a slot, unless a program has to end
 * for it.
 */
const limits = {
  name: 'the programs that run',
  waiting: 0,
  waitMs: 10_000,
  contestedMs: 3_600_000,
  fix: 'capabilities.exec.maxRunning says how many may run, half of them for one caller',
};

/** Runs programs for callers, each in a process group of its own that ends with its caller and with the agent. */
@Injectable()
export class ExecService implements OnApplicationShutdown {
  /** The programs that run or are being started. */
  readonly #programs = new Set<Promise<ProgramGroup>>();
  readonly #queue: FairQueue;

  constructor(
    private readonly config: ExecConfig,
    private readonly settings: AgentSettings,
  ) {
    const { maxRunning } = config;
    this.#queue = new FairQueue({
      ...limits,
      slots: maxRunning,
      ofCaller: Math.ceil(maxRunning / 2),
      relay: settings.relay,
    });
  }

  /**
   * Resolves when the program has ended. The audit log has neither its arguments, which may be tokens, nor its input.
   * RESOURCE_EXHAUSTED when too many programs run, of this caller or in all; DEADLINE_EXCEEDED when another caller
   * needs the slot after an hour.
   */
  async run(call: ExecCall): Promise<void> {
    const request = parseStart(await firstFrame(call));
    const recorded = {
      Command: request.command.slice(0, recordedMax),
      Role: (request.user ?? '').slice(0, recordedMax),
    };
    noteChange(call, recorded);
    const permitted = this.#permit(request, callerOf(call).peer?.name);
    const slot = await this.#queue.enter(queuedCallOf(call));
    const program = await this.#start(permitted, request, slot);
    noteChange(call, { ...recorded, Pid: program.pid });
    const ReturnCode = await relayCommand(call, program, request.stdin, slot);
    noteChange(call, { ...recorded, Pid: program.pid, ReturnCode });
  }

  #permit(request: StartRequest, caller: VmName | undefined): PermittedCommand {
    const { commands } = this.config;
    const user = ownUser().name;
    return commands
      ? permitCommand(commands, request, user)
      : permitUpdate(request, { caller, admin: this.settings.admin.name }, user);
  }

  /** The program occupies the slot until all of its processes have ended. */
  #start(permitted: PermittedCommand, request: StartRequest, slot: Slot): Promise<ProgramGroup> {
    const program = launch(permitted, request);
    this.#programs.add(program);
    const forget = () => {
      this.#programs.delete(program);
      slot.release();
    };
    program.then(({ gone }) => gone).then(forget, forget);
    return program;
  }

  /**
   * Ends all programs. Resolves once all of their processes have ended, including those of a program that was being
   * started; processes that do not end are killed after 5 s.
   */
  async onApplicationShutdown(): Promise<void> {
    const ending = [...this.#programs].map(async (starting) => {
      const program = await starting;
      program.abandon();
      await program.gone;
    });
    await Promise.allSettled(ending);
  }
}
