import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { callerOf, noteChange, queuedCallOf } from '@givc/access';
import type { VmName } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import { FairQueue, type Slot } from '@givc/queue';
import { AgentIdentity } from '../config/agent-identity.js';
import { ExecConfig } from './exec.config.js';
import { launch } from './launch.js';
import { permitCommand, type PermittedCommand } from './permission.js';
import { firstFrame, relayCommand, type ExecCall } from './relay-command.js';
import { parseStart, type StartRequest } from './start-request.js';
import { permitUpdate } from './update-permission.js';
import { ownUser } from './users.js';

const recordedMax = 256;

/** None waits but for a program that has to make room: one that runs for long is in nobody's way while there are places. */
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
  /** Those that run, and those that are being started. */
  readonly #programs = new Set<Promise<ProgramGroup>>();
  readonly #queue: FairQueue;

  constructor(
    private readonly config: ExecConfig,
    private readonly identity: AgentIdentity,
  ) {
    const { maxRunning } = config;
    this.#queue = new FairQueue({
      ...limits,
      places: maxRunning,
      ofCaller: Math.ceil(maxRunning / 2),
      relay: identity.relay,
    });
  }

  /**
   * Lives as long as the call. The record of it has no arguments, which may be tokens, and no input. RESOURCE_EXHAUSTED
   * when too many run, of this caller or in all; DEADLINE_EXCEEDED when another caller needs the place after an hour.
   */
  async run(call: ExecCall): Promise<void> {
    const request = parseStart(await firstFrame(call));
    const record = { Command: request.command.slice(0, recordedMax), Role: (request.user ?? '').slice(0, recordedMax) };
    noteChange(call, record);
    const permitted = this.#permit(request, callerOf(call).peer?.name);
    const place = await this.#queue.enter(queuedCallOf(call));
    const program = await this.#start(permitted, request, place);
    noteChange(call, { ...record, Pid: program.pid });
    const ReturnCode = await relayCommand(call, program, request.stdin, place);
    noteChange(call, { ...record, Pid: program.pid, ReturnCode });
  }

  #permit(request: StartRequest, caller: VmName | undefined): PermittedCommand {
    const { commands, isUnlisted } = this.config;
    const user = ownUser().name;
    return isUnlisted
      ? permitUpdate(request, { caller, admin: this.identity.admin.name }, user)
      : permitCommand(commands, request, user);
  }

  /** The place is the program's until no process of it is left. */
  #start(permitted: PermittedCommand, request: StartRequest, place: Slot): Promise<ProgramGroup> {
    const program = launch(permitted, request);
    this.#programs.add(program);
    const forget = () => {
      this.#programs.delete(program);
      place.release();
    };
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
