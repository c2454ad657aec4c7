// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { timeoutSignal } from './timeout-signal.js';
import { VirtualProcess } from './virtual-process.fixture.js';

describe('the signal of a timeout', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('is aborted with a TimeoutError after its time', () => {
    const signal = timeoutSignal(5_000);
    jest.advanceTimersByTime(4_999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: 'not within 5 s' });
  });

  it('is not aborted at once when a frozen process continues', () => {
    const process = VirtualProcess.install();
    const signal = timeoutSignal(6_000);
    process.freeze(3_600_000);
    jest.advanceTimersByTime(5_999);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });
});
