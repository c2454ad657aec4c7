import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callerOf, noteChange } from '@givc/access';
import { GivcError, type VmName } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import { AgentConfig } from '../agent.config.js';
import { launch } from './launch.js';
import { permit } from './permission.js';
import { firstFrame, relay, type ExecCall } from './relay.js';
import { parseStart, type StartRequest } from './start-request.js';
import { permitUpdate } from './update-permission.js';
import { ownUser } from './users.js';

const recordedMax = 256;

/** Runs programs for callers, each in a process group of its own that ends with its caller and with the agent. */
@Injectable()
export class ExecService implements OnApplicationShutdown {
  /** Those that run, and those that are being started. */
  readonly #programs = new Set<Promise<ProgramGroup>>();

  constructor(private readonly config: AgentConfig) {}

  /** Lives as long as the call. The record of it has no arguments, which may be tokens, and no input. */
  async run(call: ExecCall): Promise<void> {
    const request = parseStart(await firstFrame(call));
    const record = { Command: request.command.slice(0, recordedMax), Role: (request.user ?? '').slice(0, recordedMax) };
    noteChange(call, record);
    const program = await this.#start(request, callerOf(call).peer?.name);
    noteChange(call, { ...record, Pid: program.pid });
    const ReturnCode = await relay(call, program, request.stdin);
    noteChange(call, { ...record, Pid: program.pid, ReturnCode });
  }

  #start(request: StartRequest, caller: VmName | undefined): Promise<ProgramGroup> {
    const { commands, isUnlisted, maxRunning } = this.config.capabilities.exec;
    const user = ownUser().name;
    const permitted = isUnlisted
      ? permitUpdate(request, { caller, admin: this.config.admin.name }, user)
      : permit(commands, request, user);
    if (this.#programs.size >= maxRunning)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `${maxRunning} commands are running, and no more may (capabilities.exec.maxRunning)`,
      );
    const program = launch(permitted, request);
    this.#programs.add(program);
    const forget = () => this.#programs.delete(program);
    program.then(({ gone }) => gone).then(forget, forget);
    return program;
  }

  /** Resolves once no process is left, also of a program that was only being started; the last are killed after 5 s. */
  async onApplicationShutdown(): Promise<void> {
    const ending = [...this.#programs].map(async (starting) => {
      const program = await starting;
      program.abandon();
      await program.gone;
    });
    await Promise.allSettled(ending);
  }
}
