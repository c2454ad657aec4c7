// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ReconnectBackoff } from './reconnect-backoff.js';

describe('a connection that was lost', () => {
  let dials: number;
  let reconnects: ReconnectBackoff;

  beforeEach(() => {
    jest.useFakeTimers();
    dials = 0;
    reconnects = new ReconnectBackoff(() => dials++);
  });
  afterEach(() => jest.useRealTimers());

  /** The milliseconds after which a connection of this duration is made again. */
  const pauseAfter = (lastedMs: number): number => {
    reconnects.ready();
    jest.advanceTimersByTime(lastedMs);
    const before = dials;
    reconnects.idle();
    for (let ms = 0; ; ms++) {
      if (dials > before) return ms;
      jest.advanceTimersByTime(1);
    }
  };

  it('is made again with a backoff of up to 1 s when it is repeatedly lost at once', () => {
    expect(Array.from({ length: 7 }, () => pauseAfter(0))).toEqual([0, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is made again at once when it has lasted 10 s', () => {
    expect([9_999, 9_999, 10_000, 0, 0].map(pauseAfter)).toEqual([0, 100, 0, 0, 100]);
  });

  it('is made again at once when there was no connection, because attempts have their own backoff', () => {
    for (let n = 0; n < 5; n++) reconnects.idle();
    expect(dials).toBe(5);
  });

  it('is not made again once it is closed', () => {
    for (let n = 0; n < 2; n++) {
      reconnects.ready();
      reconnects.idle();
    }
    expect(dials).toBe(1);
    reconnects.stop();
    jest.advanceTimersByTime(60_000);
    expect(dials).toBe(1);
  });
});
