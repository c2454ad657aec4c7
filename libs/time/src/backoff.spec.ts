// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { backoffMs, pause } from './backoff.js';

describe('a backoff', () => {
  it('doubles from the first pause to the last, also after very many failures', () => {
    const backoff = { firstMs: 500, lastMs: 3_000 };
    expect([1, 2, 3, 4, 5, 2_000].map((failures) => backoffMs(failures, backoff))).toEqual([
      500, 1_000, 2_000, 3_000, 3_000, 3_000,
    ]);
  });
});

describe('a pause', () => {
  let closing: AbortController;
  let isOver: boolean;
  const begin = () => {
    isOver = false;
    return pause(1_000, closing.signal).then(() => (isOver = true));
  };
  beforeEach(() => {
    jest.useFakeTimers();
    closing = new AbortController();
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(closing.signal, 'abort')).toEqual([]);
    jest.useRealTimers();
  });

  it('lasts its time', async () => {
    void begin();
    await jest.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  });

  it('ends as soon as the signal aborts', async () => {
    const over = begin();
    closing.abort();
    await over;
  });

  it('is none when the signal is aborted already', async () => {
    closing.abort();
    await begin();
  });
});
