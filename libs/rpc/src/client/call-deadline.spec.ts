// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { status } from '@grpc/grpc-js';
import { processClock } from '@givc/time';
import { setDeadline } from './call-deadline.js';

describe('the deadline of a call', () => {
  let call: EventEmitter & { readonly call: { readonly cancelWithStatus: jest.Mock } };
  let isConnected: boolean;

  beforeEach(() => {
    jest.useFakeTimers();
    isConnected = true;
    call = Object.assign(new EventEmitter(), { call: { cancelWithStatus: jest.fn() } });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const begin = (deadlineMs?: number) => setDeadline(call as never, deadlineMs, () => isConnected);
  const ends = () => call.call.cancelWithStatus.mock.calls as unknown[][];

  it('ends it with DEADLINE_EXCEEDED when it is still open', () => {
    begin(5_000);
    jest.advanceTimersByTime(4_999);
    expect(ends()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ends()).toEqual([[status.DEADLINE_EXCEEDED, 'Deadline exceeded after 5.000s']]);
  });

  it('says so when it never had a connection', () => {
    begin(5_000);
    isConnected = false;
    jest.advanceTimersByTime(5_000);
    expect(ends()).toEqual([[status.DEADLINE_EXCEEDED, 'Deadline exceeded after 5.000s, waiting for a connection']]);
  });

  it('has no effect on a call that has ended, and leaves no timer', () => {
    begin(5_000);
    call.emit('status', { code: status.OK });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not exist unless it is set', () => {
    begin();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('starts again after this process was frozen', () => {
    begin(6_000);
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    jest.advanceTimersToNextTimer();
    jest.advanceTimersByTime(5_999);
    expect(ends()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ends()).toHaveLength(1);
  });

  it.each([-3_600_000, 3_600_000])('is not affected by a change of the wall clock by %i ms', (ms) => {
    begin(5_000);
    jest.setSystemTime(Date.now() + ms);
    jest.advanceTimersByTime(4_999);
    expect(ends()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(ends()).toHaveLength(1);
  });
});
