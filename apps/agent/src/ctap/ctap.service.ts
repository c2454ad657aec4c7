// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { AgentSettings } from '../config/agent-settings.js';
import type { KeyRequest } from './ctap-request.js';

/** A user has to find the key and touch it. */
const personMs = 300_000;
/** A request gets less time while others wait, because their callers have deadlines. */
const limits = {
  name: 'the security key',
  slots: 1,
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
   * A key does one thing at a time: a second program gets the answer that it is busy, and a user could not know which
   * request a touch is for. So the programs run one after another.
   */
  readonly #queue: FairQueue;

  constructor(
    private readonly log: Log,
    settings: AgentSettings,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * Resolves with the output of the program, whatever its exit status. The request ends when its caller hangs up.
   * FAILED_PRECONDITION when the program is missing; DEADLINE_EXCEEDED when the key was not touched within five
   * minutes, or within 100 s while another caller waits; RESOURCE_EXHAUSTED when too many requests are open.
   */
  async ask({ name, program, args, payload }: KeyRequest, call: QueuedCall): Promise<Buffer> {
    const { stdout, status } = await this.#queue.run(call, ({ signal }) =>
      runProgram(program, args, { stdin: payload, timeoutMs: personMs, signal }),
    );
    if (status !== 0) this.log.warn('security key failed', { request: name, status });
    return stdout;
  }
}
