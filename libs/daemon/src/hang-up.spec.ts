// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { HangUp } from './hang-up.js';

describe('SIGHUP', () => {
  let reloads: number;
  let hangUp: HangUp;
  const signalled = (times: number) => {
    for (let count = 0; count < times; count++) expect(process.emit('SIGHUP')).toBe(true);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    reloads = 0;
    hangUp = new HangUp();
  });
  afterEach(() => {
    process.removeAllListeners('SIGHUP');
    jest.useRealTimers();
  });

  it('leads to a reload at once', () => {
    hangUp.start(() => reloads++);
    expect(reloads).toBe(0);
    signalled(1);
    expect(reloads).toBe(1);
  });

  it('during the start leads to one reload after it, however often it arrived', () => {
    signalled(1_000);
    hangUp.start(() => reloads++);
    expect(reloads).toBe(1);
    jest.advanceTimersByTime(60_000);
    expect(reloads).toBe(1);
  });

  it('leads to few reloads when it arrives thousands of times, and to one after the last', () => {
    hangUp.start(() => reloads++);
    signalled(10_000);
    expect(reloads).toBe(5);
    jest.advanceTimersByTime(1_001);
    expect(reloads).toBe(6);
    jest.advanceTimersByTime(60_000);
    expect(reloads).toBe(6);
  });

  it('during a reload leads to another one', () => {
    hangUp.start(() => {
      if (reloads++ === 0) process.emit('SIGHUP');
    });
    signalled(1);
    expect(reloads).toBe(2);
  });

  it('while the daemon stops is ignored, and ends no process', () => {
    hangUp.start(() => reloads++);
    signalled(10);
    const before = reloads;
    hangUp.close();
    signalled(10);
    jest.advanceTimersByTime(60_000);
    expect(reloads).toBe(before);
  });
});
