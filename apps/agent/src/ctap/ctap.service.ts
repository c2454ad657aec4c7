import { Injectable } from '@nestjs/common';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { AgentIdentity } from '../config/agent-identity.js';
import type { KeyRequest } from './ctap-request.js';

/** Somebody has to find the key and touch it. */
const personMs = 300_000;
/** While others wait, their callers' own time runs. */
const limits = {
  name: 'the security key',
  places: 1,
  ofCaller: 4,
  waiting: 7,
  waitMs: personMs,
  deadlineMs: personMs + 10_000,
  contestedMs: 100_000,
  fix: 'try again later',
};

/** The security key of this machine, by the programs of qubes-ctap. */
@Injectable()
export class CtapService {
  /**
   * A key does one thing at a time: it answers a second program that it is busy, and who touches it could not know for
   * whom. So the programs run one after another.
   */
  readonly #queue: FairQueue;

  constructor(
    private readonly log: Log,
    identity: AgentIdentity,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: identity.relay });
  }

  /**
   * Resolves with what the program has said, whatever its status. A caller that hangs up gives its place
   * up. FAILED_PRECONDITION when the program is missing, DEADLINE_EXCEEDED when nobody has touched the key within five
   * minutes, or within 100 s while another caller waits, RESOURCE_EXHAUSTED when too many requests are open already.
   */
  async ask({ name, program, args, payload }: KeyRequest, call: QueuedCall): Promise<Buffer> {
    const { stdout, status } = await this.#queue.run(call, ({ signal }) =>
      runProgram(program, args, { stdin: payload, timeoutMs: personMs, signal }),
    );
    if (status !== 0) this.log.warn('security key failed', { request: name, status });
    return stdout;
  }
}
