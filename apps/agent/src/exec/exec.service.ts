import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { noteChange } from '@givc/access';
import { GivcError } from '@givc/model';
import type { ProgramGroup } from '@givc/programs';
import { AgentConfig } from '../agent.config.js';
import { launch } from './launch.js';
import { permit } from './permission.js';
import { firstFrame, relay, type ExecCall } from './relay.js';
import { parseStart, type StartRequest } from './start-request.js';
import { ownUser } from './users.js';

const recordedMax = 256;

/** Runs programs for callers, each in a process group of its own that ends with its caller and with the agent. */
@Injectable()
export class ExecService implements OnApplicationShutdown {
  readonly #running = new Set<ProgramGroup>();
  #starting = 0;
  #isClosing = false;

  constructor(private readonly config: AgentConfig) {}

  /** Lives as long as the call. The record of it has no arguments, which may be tokens, and no input. */
  async run(call: ExecCall): Promise<void> {
    const request = parseStart(await firstFrame(call));
    const record = { Command: request.command.slice(0, recordedMax), Role: (request.user ?? '').slice(0, recordedMax) };
    noteChange(call, record);
    const program = await this.#start(request);
    noteChange(call, { ...record, Pid: program.pid });
    const ReturnCode = await relay(call, program, request.stdin);
    noteChange(call, { ...record, Pid: program.pid, ReturnCode });
  }

  async #start(request: StartRequest): Promise<ProgramGroup> {
    const { commands, maxRunning } = this.config.capabilities.exec;
    const permitted = permit(commands, request, ownUser().name);
    if (this.#running.size + this.#starting >= maxRunning)
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `${maxRunning} commands are running, and no more may (capabilities.exec.maxRunning)`,
      );
    this.#starting++;
    try {
      const program = await launch(permitted, request);
      this.#running.add(program);
      void program.gone.finally(() => this.#running.delete(program));
      if (this.#isClosing) program.abandon();
      return program;
    } finally {
      this.#starting--;
    }
  }

  /** Resolves once no process is left; the last are killed after 5 s. */
  async onApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    for (const program of this.#running) program.abandon();
    await Promise.all([...this.#running].map(({ gone }) => gone));
  }
}
