// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { Log } from '@givc/log';
import { retryUntilOpen } from './retry-until-open.js';

describe('an entry that cannot be opened yet', () => {
  let lines: string[];
  let attempts: number;
  let stopping: AbortController;
  beforeEach(() => {
    jest.useFakeTimers();
    [lines, attempts, stopping] = [[], 0, new AbortController()];
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const log = new Log('info', (line) => lines.push(line.trimEnd()), false);
  /** Opens with the outcome of each attempt, the last of them for ever: an error, or what is open. */
  const open = (...outcomes: (Error | string)[]) =>
    retryUntilOpen(
      'socket proxy',
      () => {
        const outcome = outcomes[Math.min(attempts++, outcomes.length - 1)]!;
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
      log,
      stopping.signal,
    );

  it('is opened at once when that is possible', async () => {
    expect(await open('open')).toBe('open');
    expect([attempts, lines]).toEqual([1, []]);
  });

  it('is retried after 0.5 s, with a backoff that doubles up to 30 s', async () => {
    const opened = open(...Array<Error>(10).fill(new Error('not yet')), 'open');
    const pauses: number[] = [];
    for (let tried = 1; tried < 11; tried++) {
      await jest.advanceTimersByTimeAsync(0);
      let ms = 0;
      for (; attempts === tried && ms < 60_000; ms += 500) await jest.advanceTimersByTimeAsync(500);
      pauses.push(ms);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    expect(await opened).toBe('open');
    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  });

  it('is logged once for each reason in a row', async () => {
    const [one, other] = [new Error('no such folder'), new Error('no such group')];
    const opened = open(one, one, other, one, 'open');
    await jest.advanceTimersByTimeAsync(60_000);
    await opened;
    expect(lines).toEqual([
      'error: socket proxy error="no such folder"',
      'error: socket proxy error="no such group"',
      'error: socket proxy error="no such folder"',
    ]);
  });

  it('is not retried any more once the agent stops', async () => {
    const opened = open(new Error('not yet'));
    await jest.advanceTimersByTimeAsync(499);
    stopping.abort();
    expect(await opened).toBeUndefined();
    expect(attempts).toBe(1);
  });

  it('is closed when the agent stops while it is being opened', async () => {
    const opened = retryUntilOpen(
      'socket proxy',
      () => {
        stopping.abort();
        return Promise.reject(new Error('not yet'));
      },
      log,
      stopping.signal,
    );
    expect(await opened).toBeUndefined();
  });

  it('is not opened when the agent is already stopping', async () => {
    stopping.abort();
    expect(await open('open')).toBeUndefined();
    expect(attempts).toBe(0);
  });
});
