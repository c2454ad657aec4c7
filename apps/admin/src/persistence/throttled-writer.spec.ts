// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ThrottledWriter, type WriteOutcome } from './throttled-writer.js';

describe('a value that changes', () => {
  let value = 0;
  let outcome: WriteOutcome;
  let written: { readonly value: number; readonly at: number }[];
  let writes: ThrottledWriter;
  const write = (): Promise<WriteOutcome> => {
    written.push({ value, at: performance.now() });
    return Promise.resolve(outcome);
  };
  const change = (): void => {
    value++;
    writes.changed();
  };
  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    value = 0;
    outcome = 'written';
    written = [];
    writes = new ThrottledWriter(write);
  });
  afterEach(() => jest.useRealTimers());

  it('is written 100 ms after a change that follows a quiet time', async () => {
    change();
    await after(99);
    change();
    expect(written).toEqual([]);
    await after(1);
    expect(written).toEqual([{ value: 2, at: 100 }]);
    await after(60_000);
    change();
    await after(100);
    expect(written.slice(1)).toEqual([{ value: 3, at: 60_200 }]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is written every 2 s while it keeps changing, and a last time afterwards', async () => {
    for (let ms = 0; ms < 20_000; ms += 10) {
      change();
      await after(10);
    }
    expect(written.map(({ at }) => at)).toEqual([
      100, 2_100, 4_100, 6_100, 8_100, 10_100, 12_100, 14_100, 16_100, 18_100,
    ]);
    await after(60_000);
    expect(written.slice(10)).toEqual([{ value: 2_000, at: 20_100 }]);
  });

  it('is written without a delay when the previous write had nothing new', async () => {
    outcome = 'same';
    change();
    await after(100);
    change();
    await after(100);
    expect(written.map(({ at }) => at)).toEqual([100, 200]);
  });

  it('is written once more when it changes during a write, never by two writes at a time', async () => {
    let end!: (how: WriteOutcome) => void;
    writes = new ThrottledWriter(() => {
      void write();
      return new Promise((resolve) => (end = resolve));
    });
    change();
    await after(100);
    change();
    await after(60_000);
    expect(written.map((one) => one.value)).toEqual([1]);
    end('written');
    await after(2_000);
    expect(written.map((one) => one.value)).toEqual([1, 2]);
  });

  it('is written again 5 s after a failure, without another change', async () => {
    outcome = 'failed';
    change();
    await after(5_100);
    expect(written.map(({ at }) => at)).toEqual([100, 5_100]);
    outcome = 'written';
    await after(60_000);
    expect(written.map(({ at }) => at)).toEqual([100, 5_100, 10_100]);
  });

  it('is written at once when the writer stops, and never again', async () => {
    change();
    await after(100);
    change();
    await writes.close();
    change();
    await after(60_000);
    expect(written).toEqual([
      { value: 1, at: 100 },
      { value: 2, at: 100 },
    ]);
  });

  it('is not written after the writer has stopped, even when nothing was pending', async () => {
    await writes.close();
    change();
    await after(60_000);
    expect(written).toHaveLength(1);
  });
});
