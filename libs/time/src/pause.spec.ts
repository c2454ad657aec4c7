// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { pause } from './pause.js';

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

  it('ends at once when the signal is already aborted', async () => {
    closing.abort();
    await begin();
  });
});
