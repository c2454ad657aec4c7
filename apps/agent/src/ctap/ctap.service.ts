import { Injectable } from '@nestjs/common';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { Turns } from '../turns.js';
import type { KeyRequest } from './ctap-request.js';

/** Somebody has to find the key and touch it. */
const personMs = 300_000;
const waitingMax = 8;

/** The security key of this machine, by the programs of qubes-ctap. */
@Injectable()
export class CtapService {
  /**
   * A key does one thing at a time: it answers a second program that it is busy, and who touches it could not know for
   * whom. So the programs run one after another.
   */
  readonly #turns = new Turns('the security key', waitingMax);

  constructor(private readonly log: Log) {}

  /**
   * Resolves with what the program has said, whatever its status. An aborted `signal` gives the turn up or kills the
   * program. FAILED_PRECONDITION when the program is missing, DEADLINE_EXCEEDED when nobody has touched the key within
   * five minutes, RESOURCE_EXHAUSTED when eight requests are open already.
   */
  async ask({ name, program, args, payload }: KeyRequest, signal: AbortSignal): Promise<Buffer> {
    const { stdout, status } = await this.#turns.take(signal, () =>
      runProgram(program, args, { stdin: payload, timeoutMs: personMs, signal }),
    );
    if (status !== 0) this.log.warn('security key failed', { request: name, status });
    return stdout;
  }
}
