// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeReportCall } from './report-call.fixture.js';
import { ReportStream } from './report-stream.js';

const intervalMs = 3_000;
const beats = 100;

describe('the heartbeats of a report stream', () => {
  let call: FakeReportCall;
  let stream: ReportStream;

  beforeEach(() => {
    jest.useFakeTimers();
    call = new FakeReportCall();
  });
  afterEach(() => {
    stream.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const beginAt = (now: number) => {
    jest.setSystemTime(now);
    const versions = { protocol_version: 1, agent_version: '0.1.0' };
    const snapshot = { agent: undefined, entries: [], heartbeat_interval_ms: intervalMs, boot_id: 'boot', ...versions };
    const ignored = () => undefined;
    stream = new ReportStream(call.asCall, snapshot, {
      ...{ accepted: ignored, rejected: ignored, silent: ignored, ended: ignored },
    });
  };

  it('are sent at multiples of the interval by the wall clock, together with those of other agents', () => {
    beginAt(beats * intervalMs + 1_000);
    jest.advanceTimersByTime(1_999);
    expect(call.kinds).toEqual(['snapshot']);
    jest.advanceTimersByTime(1);
    expect(call.kinds).toEqual(['snapshot', 'heartbeat']);
    jest.advanceTimersByTime(intervalMs);
    expect(call.kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat']);
  });

  it('are not sent twice when a timer was some milliseconds early', () => {
    beginAt(beats * intervalMs - 5);
    jest.advanceTimersByTime(intervalMs);
    expect(call.kinds).toEqual(['snapshot']);
    jest.advanceTimersByTime(5);
    expect(call.kinds).toEqual(['snapshot', 'heartbeat']);
  });

  it('go on when the clock was set', () => {
    beginAt(beats * intervalMs);
    jest.setSystemTime(2_000);
    jest.advanceTimersByTime(intervalMs);
    expect(call.kinds).toEqual(['snapshot', 'heartbeat']);
    jest.advanceTimersByTime(intervalMs);
    expect(call.kinds.length).toBeGreaterThanOrEqual(3);
  });
});
