// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Poller } from './poller.js';

describe('a poller', () => {
  let begun: number[];
  let pauseMs: number;
  let lastsMs: number;
  let poller: Poller;
  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(async () => {
    jest.useFakeTimers({ now: 0 });
    begun = [];
    pauseMs = 5_000;
    lastsMs = 700;
    poller = new Poller(
      () => {
        begun.push(performance.now());
        return new Promise((resolve) => setTimeout(resolve, lastsMs));
      },
      () => pauseMs,
    );
    await after(0);
  });
  afterEach(() => {
    poller.stop();
    jest.useRealTimers();
  });

  it('polls at once, and again after a pause from the end of the previous poll', async () => {
    await after(20_000);
    expect(begun).toEqual([0, 5_700, 11_400, 17_100]);
  });

  it('polls within a second when the pause becomes shorter', async () => {
    await after(3_000);
    pauseMs = 1_000;
    await after(1_000);
    expect(begun).toHaveLength(2);
    expect(begun[1]).toBeLessThanOrEqual(4_000);
  });

  it('polls at once on request, or once more after a running poll, and never twice at a time', async () => {
    await after(1_000);
    poller.pollNow();
    expect(begun).toEqual([0, 1_000]);
    poller.pollNow();
    poller.pollNow();
    expect(begun).toEqual([0, 1_000]);
    await after(700);
    expect(begun).toEqual([0, 1_000, 1_700]);
    await after(5_700);
    expect(begun).toEqual([0, 1_000, 1_700, 7_400]);
  });

  it('does not poll any more once it is stopped, even during a poll', async () => {
    poller.stop();
    await after(700);
    poller.pollNow();
    expect(jest.getTimerCount()).toBe(0);
    await after(60_000);
    expect(begun).toEqual([0]);
  });
});
