// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from './process-clock.js';
import { Timeout } from './timeout.js';
import { VirtualProcess } from './virtual-process.fixture.js';

const limitMs = 9_000;
/** The time of its first check. */
const lookMs = 4_500;
const second = 1_000;

describe('a timeout', () => {
  let process: VirtualProcess;
  let timeout: Timeout;
  let expired: number;
  let thaws: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    process = VirtualProcess.install();
    expired = 0;
    thaws = [];
    timeout = new Timeout(limitMs, () => expired++, { onThaw: (ms) => thaws.push(ms) });
  });
  afterEach(() => {
    timeout.cancel();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const run = (ms: number) => jest.advanceTimersByTime(ms);

  it('expires once after its time', () => {
    run(limitMs - 1);
    expect(expired).toBe(0);
    run(1);
    expect([expired, timeout.isPending]).toEqual([1, false]);
    run(10 * limitMs);
    expect(expired).toBe(1);
  });

  it('expires that long after the last restart', () => {
    run(limitMs - 1);
    timeout.restart();
    run(limitMs - 1);
    expect(expired).toBe(0);
    run(1);
    expect(expired).toBe(1);
  });

  it.each(['cancel', 'restart'] as const)('never expires after it was cancelled, whatever %s does', (what) => {
    timeout.cancel();
    timeout[what]();
    run(10 * limitMs);
    expect([expired, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('is not restarted after it has expired', () => {
    run(limitMs);
    timeout.restart();
    expect(jest.getTimerCount()).toBe(0);
  });

  describe('after the process was frozen', () => {
    it.each([
      ['longer than the whole time', 0, 30 * second],
      ['for an hour, at the last moment', limitMs - 1, 3_600 * second],
      ['shorter than what was left', 1 * second, 6 * second],
    ])('grants the whole time once more: %s', (_, beforeMs, frozenMs) => {
      run(beforeMs);
      process.freeze(frozenMs);
      run(limitMs - 1);
      expect(expired).toBe(0);
      run(1);
      expect(expired).toBe(1);
    });

    it('reports the freeze as soon as the process continues, with the lateness of the timer', () => {
      process.freeze(30 * second);
      expect(thaws).toEqual([30 * second - lookMs]);
      expect(expired).toBe(0);
    });

    it('grants the whole time after each freeze to a peer that sends something between two freezes', () => {
      for (let freeze = 0; freeze < 20; freeze++) {
        process.freeze(3 * limitMs);
        run(limitMs - 1);
        timeout.restart();
        run(limitMs - 1);
      }
      expect([expired, thaws.length]).toEqual([0, 20]);
      run(1);
      expect(expired).toBe(1);
    });

    it('grants the whole time once to a peer that hangs, and then counts only the time outside freezes', () => {
      process.freeze(30 * second);
      run(lookMs - second);
      // One second of the freeze is counted here.
      process.freeze(30 * second);
      run(lookMs - 1);
      expect(expired).toBe(0);
      run(1);
      expect(expired).toBe(1);
    });

    it('detects a peer that hangs even if each of its checks is late', () => {
      let looks = 0;
      for (; expired === 0 && looks < 100; looks++) process.freeze(30 * second);
      expect([expired, looks]).toEqual([1, 4]);
    });
  });

  describe('detects that its process was frozen', () => {
    it('reports a freeze from its end until the process has run for the whole time', () => {
      expect(timeout.hasThawed).toBe(false);
      process.freeze(30 * second);
      timeout.restart();
      run(limitMs - 1);
      expect(timeout.hasThawed).toBe(true);
      run(1);
      expect(timeout.hasThawed).toBe(false);
    });

    it('reports a freeze before its own timer has noticed, and then grants the whole time', () => {
      process.freezeUnnoticed(30 * second);
      expect(timeout.hasThawed).toBe(true);
      expect(thaws).toEqual([30 * second - lookMs]);
      run(limitMs - 1);
      expect(expired).toBe(0);
      run(1);
      expect(expired).toBe(1);
    });

    it('does not report a freeze when the process was busy', () => {
      process.compute(30 * second);
      expect(timeout.hasThawed).toBe(false);
    });
  });

  describe('after the process was busy', () => {
    it('grants no extra time, and counts the busy time', () => {
      process.compute(30 * second);
      jest.runOnlyPendingTimers();
      expect([expired, thaws]).toEqual([1, []]);
    });

    it('reads bytes that have arrived before it expires', () => {
      process.compute(30 * second);
      timeout.restart();
      run(limitMs - 1);
      expect(expired).toBe(0);
      run(1);
      expect(expired).toBe(1);
    });

    it('does not expire when bytes that have arrived cancel it', () => {
      process.compute(30 * second);
      timeout.cancel();
      run(limitMs);
      expect(expired).toBe(0);
    });
  });

  it('grants no extra time for a short delay', () => {
    run(lookMs);
    process.freeze(lookMs + 1.4 * second);
    jest.runOnlyPendingTimers();
    expect([expired, thaws]).toEqual([1, []]);
  });

  describe('with a peer that sends continuously', () => {
    it('starts no timer that wakes the process', () => {
      const timers = jest.spyOn(globalThis, 'setTimeout');
      for (let word = 0; word < 100; word++) {
        run(0.9 * lookMs);
        timeout.restart();
      }
      expect(timers).not.toHaveBeenCalled();
      run(limitMs - 1);
      expect(expired).toBe(0);
      run(1);
      expect(expired).toBe(1);
    });

    it('checks its timer only at intervals', () => {
      run(second);
      const cpu = jest.spyOn(processClock, 'cpu').mockClear();
      for (let word = 0; word < 1_000; word++) timeout.restart();
      expect(cpu).toHaveBeenCalledTimes(1);
    });

    it('detects a freeze that ends with a message', () => {
      process.freezeUnnoticed(30 * second);
      timeout.restart();
      expect(thaws).toEqual([30 * second - lookMs]);
      expect(timeout.hasThawed).toBe(true);
    });
  });
});
