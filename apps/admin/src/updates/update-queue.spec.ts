// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import type { CallSettings } from '@givc/rpc';
import type { HostElection } from '../registry/host-election.js';
import type { ProgramOutput, OtaUpdate } from './ota-update.js';
import { UpdatesService } from './updates.service.js';

type UpdateCall = Parameters<UpdatesService['set']>[1];

/** A call of SetGeneration, from an address of its own. */
class StandInCall extends EventEmitter {
  readonly cancelled = false;
  readonly writableEnded = false;
  readonly written: object[] = [];
  isReading = true;

  constructor(private readonly address: string) {
    super();
  }

  getAuthContext = () => ({});
  getPeer = () => `${this.address}:40000`;

  write(message: object): boolean {
    this.written.push(message);
    return this.isReading;
  }
}

/** One run of the program: its output, and how it ended. */
interface Run {
  readonly settings: CallSettings;
  say(text: string): void;
  end(): void;
}

const [a, b] = ['10.0.0.1', '10.0.0.2'];
const minute = 60_000;

describe('the queue of updates', () => {
  let runs: Run[];
  let updates: UpdatesService;
  let outcomes: string[];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    [runs, outcomes] = [[], []];
    const otaUpdate = {
      async *run(_: readonly string[], settings: CallSettings = {}) {
        const said: (ProgramOutput | undefined)[] = [];
        let wake = () => {};
        let failure: unknown;
        settings.signal?.addEventListener('abort', () => {
          failure = new GivcError('CANCELLED', 'ended');
          wake();
        });
        const push = (output: ProgramOutput | undefined) => {
          said.push(output);
          wake();
        };
        const run: Run = {
          settings,
          say: (text) => push({ from: 'Stdout', bytes: Buffer.from(text) }),
          end: () => push(undefined),
        };
        runs.push(run);
        for (;;) {
          if (failure !== undefined) throw failure as GivcError;
          if (said.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          else {
            const output = said.shift();
            if (!output) return;
            yield output;
          }
        }
      },
    } as unknown as OtaUpdate;
    updates = new UpdatesService(otaUpdate, { isConfigured: true } as HostElection, new Log('error', () => undefined));
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const set = async (address: string, pin: string): Promise<StandInCall> => {
    const call = new StandInCall(address);
    updates
      .set({ pin, cache: 'cache', token: undefined, cachixHost: undefined }, call as unknown as UpdateCall)
      .subscribe({
        error: ({ reason, message }: GivcError) => outcomes.push(`${pin} ${reason}: ${message}`),
        complete: () => outcomes.push(`${pin} done`),
      });
    await settled();
    return call;
  };

  it('runs one update at a time, and then the one of another caller', async () => {
    await set(a, 'one');
    await set(b, 'two');
    expect(runs).toHaveLength(1);
    await pass(minute - 1);
    runs[0]!.end();
    await settled();
    expect([runs.length, outcomes]).toEqual([2, ['one done']]);
    runs[1]!.end();
    await settled();
    expect(outcomes).toEqual(['one done', 'two done']);
  });

  it('rejects a second update of one caller at once, and names the running one', async () => {
    await set(a, 'one');
    await set(a, 'two');
    expect(outcomes).toEqual([
      'two FAILED_PRECONDITION: an update is running: to "one", since 1970-01-01T00:00:00.000Z, for 10.0.0.1; wait until it has ended',
    ]);
  });

  it('rejects an update that has waited for a minute', async () => {
    await set(a, 'one');
    await set(b, 'two');
    await pass(minute - 1);
    expect(outcomes).toEqual([]);
    await pass(1);
    expect(outcomes).toEqual([expect.stringMatching(/^two FAILED_PRECONDITION: an update is running: to "one"/)]);
  });

  it('ends an update that runs for six hours', async () => {
    await set(a, 'one');
    await pass(360 * minute - 1);
    expect([outcomes, runs[0]!.settings.signal!.aborted]).toEqual([[], false]);
    await pass(1);
    expect(outcomes).toEqual(['one DEADLINE_EXCEEDED: updates: it took longer than 21600 s']);
    await set(b, 'two');
    expect(runs).toHaveLength(2);
  });

  it('waits a minute in total for a caller that does not read, and continues without it', async () => {
    const call = await set(a, 'one');
    call.isReading = false;
    runs[0]!.say('first');
    await pass(minute / 2);
    expect(call.written).toHaveLength(1);
    call.emit('drain');
    runs[0]!.say('second');
    runs[0]!.say('third');
    await pass(minute / 2 - 1);
    expect(call.written).toHaveLength(2);
    await pass(1);
    runs[0]!.end();
    await settled();
    expect(call.written).toHaveLength(2);
    expect(outcomes).toEqual([
      'one DEADLINE_EXCEEDED: the update has succeeded, but its caller has not read all output',
    ]);
  });

  it('finishes an update whose caller hangs up, and drops a waiting one', async () => {
    const call = await set(a, 'one');
    const waiting = await set(b, 'two');
    call.emit('cancelled');
    waiting.emit('cancelled');
    await settled();
    expect(outcomes).toEqual(['two CANCELLED: the caller hung up']);
    runs[0]!.say('unheard');
    runs[0]!.end();
    await settled();
    expect([outcomes.at(-1), call.written, runs.length]).toEqual(['one done', [], 1]);
  });
});
