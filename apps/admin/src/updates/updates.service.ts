// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { queuedCallOf } from '@givc/access';
import { Log } from '@givc/log';
import { fieldError, GivcError, messageOf, quoted } from '@givc/model';
import { Coalesced, FairQueue, type Slot } from '@givc/queue';
import type { admin, ServerStreamingCall } from '@givc/rpc';
import { timeoutSignal } from '@givc/time';
import { HostElection } from '../registry/host-election.js';
import { parseGenerations } from './generations.js';
import { OtaUpdate } from './ota-update.js';
import type { CachixUpdate } from './update-requests.js';

type UpdateCall = ServerStreamingCall<admin.SetGenerationResponse>;

/** Reading the profiles of Nix and their boot entries; the client's own limit is above it. */
const listDeadlineMs = 120_000;
/** The total time that an update waits for a caller that does not read. */
const unreadMs = 60_000;
const limits = {
  name: 'updates',
  slots: 1,
  ofCaller: 1,
  waiting: 4,
  waitMs: 60_000,
  /** Far more than a download over a slow line takes. */
  deadlineMs: 6 * 3_600_000,
  fix: 'wait until it has ended',
};
const maxErrorText = 200;
const maxListBytes = 4 * 1024 * 1024;

const argumentsFor = ({ pin, cache, token, cachixHost }: CachixUpdate): string[] => [
  ...['cachix', pin, '--cache', cache],
  ...(token === undefined ? [] : ['--token', token]),
  ...(cachixHost === undefined ? [] : ['--cachix-host', cachixHost]),
];

/** Generations of the host's system, by its program `ota-update`. One update at a time. */
@Injectable()
export class UpdatesService {
  /** The running update: its pin, its start and its caller. */
  #running: string | undefined;
  readonly #queue = new FairQueue(limits);
  readonly #generations = new Coalesced(() => this.#list());

  constructor(
    private readonly otaUpdate: OtaUpdate,
    private readonly host: HostElection,
    private readonly log: Log,
  ) {}

  /** The generations in the order of `ota-update get`, which runs once for all concurrent calls. */
  list(): Promise<admin.Generation[]> {
    return this.#generations.get();
  }

  async #list(): Promise<admin.Generation[]> {
    const output: Buffer[] = [];
    let [length, lastError] = [0, ''];
    try {
      for await (const { from, bytes } of this.otaUpdate.run(['get'], { deadlineMs: listDeadlineMs })) {
        if (from === 'Stderr') lastError = `${lastError}${bytes.toString()}`.slice(-maxErrorText);
        else if ((length += bytes.length) > maxListBytes)
          throw new GivcError(
            'RESOURCE_EXHAUSTED',
            `ota-update get: its output is too long: expected at most ${maxListBytes} bytes`,
          );
        else output.push(bytes);
      }
    } catch (error) {
      if (lastError === '' || !(error instanceof GivcError)) throw error;
      throw new GivcError(error.reason, `${error.message}: ${quoted(lastError.trim())}`, { cause: error });
    }
    return parseGenerations(Buffer.concat(output).toString());
  }

  /**
   * Writes the output of the update to the call as it comes, and `Finished` when it has succeeded; the update waits for
   * a caller that does not read. It continues when its caller hangs up, because a half-changed system is worse than a
   * changed one, and its outcome is logged. It ends early when this admin ends, when the connection to the host is
   * lost, or after six hours; a caller that does not read for a minute gets no more output. While an update runs, that
   * of another caller waits for up to a minute and is then rejected with FAILED_PRECONDITION; a second one of the same
   * caller is rejected at once, and so is one with a token for a host that the configuration does not name. The
   * Observable emits nothing.
   */
  set(update: CachixUpdate, call: UpdateCall): Observable<never> {
    return new Observable((subscriber) => {
      this.#set(update, call).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
    });
  }

  async #set(update: CachixUpdate, call: UpdateCall): Promise<void> {
    if (update.token !== undefined && !this.host.isConfigured)
      throw fieldError(
        'FAILED_PRECONDITION',
        'Cachix.Token',
        'no token is sent to a host that the configuration does not name: set GIVC_HOST_NAME ' +
          '(--host-name) of the admin',
      );
    const queued = queuedCallOf(call);
    const slot = await this.#queue.enter(queued).catch((error: unknown) => {
      throw this.#isRejected(error)
        ? new GivcError('FAILED_PRECONDITION', `an update is running: ${this.#running}; wait until it has ended`)
        : error;
    });
    const { pin, cache } = update;
    this.#running = `to ${quoted(pin)}, since ${new Date().toISOString()}, for ${queued.caller}`;
    this.log.info('update begins', { pin, cache });
    try {
      await this.#run(update, call, queued.signal, slot);
      this.log.info('update has ended', { pin, cache });
    } catch (cause) {
      const error = slot.isExpired ? slot.reason : cause;
      this.log.warn('update has failed', { pin, cache, error: messageOf(error) });
      throw error;
    } finally {
      this.#running = undefined;
      slot.release();
    }
  }

  #isRejected(error: unknown): boolean {
    return this.#running !== undefined && error instanceof GivcError && error.reason === 'RESOURCE_EXHAUSTED';
  }

  async #run(update: CachixUpdate, call: UpdateCall, hangUp: AbortSignal, { expired }: Slot): Promise<void> {
    let leftMs = unreadMs;
    const send = async (message: admin.SetGenerationResponse): Promise<void> => {
      if (leftMs <= 0 || hangUp.aborted || call.writableEnded || call.write(message)) return;
      const since = performance.now();
      const signal = AbortSignal.any([hangUp, timeoutSignal(leftMs)]);
      await once(call, 'drain', { signal }).catch(() => undefined);
      leftMs -= performance.now() - since;
    };
    const decoders = { Stdout: new StringDecoder(), Stderr: new StringDecoder() };
    const fields = { Stdout: 'Output', Stderr: 'Error' } as const;
    for await (const { from, bytes } of this.otaUpdate.run(argumentsFor(update), { signal: expired })) {
      const text = decoders[from].write(bytes);
      if (text !== '') await send({ Finished: false, [fields[from]]: text });
    }
    for (const from of ['Stdout', 'Stderr'] as const) {
      const rest = decoders[from].end();
      if (rest !== '') await send({ Finished: false, [fields[from]]: rest });
    }
    await send({ Finished: true });
    if (leftMs <= 0)
      throw new GivcError('DEADLINE_EXCEEDED', 'the update has succeeded, but its caller has not read all output');
  }
}
