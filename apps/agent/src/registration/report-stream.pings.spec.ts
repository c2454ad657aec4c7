// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { processClock } from '@givc/time';
import { FakeReportCall } from './report-call.fixture.js';
import { ReportStream } from './report-stream.js';
import { entry } from './unit-entries.fixture.js';

const heartbeatMs = 3_000;
const silenceMs = 2.5 * heartbeatMs;

describe('a report stream whose heartbeats are PING frames', () => {
  let call: FakeReportCall;
  let stream: ReportStream;
  let events: string[];

  const begin = (protocol_version = 2) => {
    call = new FakeReportCall();
    events = [];
    const head = { agent: undefined, entries: [], boot_id: 'boot', agent_version: '0.1.0' };
    stream = new ReportStream(
      call.asCall,
      { ...head, heartbeat_interval_ms: heartbeatMs, protocol_version },
      {
        accepted: () => events.push('accepted'),
        rejected: () => undefined,
        silent: ({ reason }) => events.push(`silent ${reason}`),
        ended: ({ reason }) => events.push(`ended ${reason}`),
      },
    );
  };
  const answerPings = () => call.pings.splice(0).forEach((answered) => answered());
  const after = (ms: number) => jest.advanceTimersByTime(ms);
  const silent = ['accepted', 'silent DEADLINE_EXCEEDED'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 100 * heartbeatMs });
    begin();
  });
  afterEach(() => {
    stream.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  /** The admin counts as silent after this time, and not before. */
  const expectSilenceAfter = (ms: number): void => {
    after(ms - 1);
    expect(events).toEqual(['accepted']);
    after(1);
    expect(events).toEqual(silent);
  };

  it('sends a message as heartbeat until the admin has said that it counts PING frames, and then no message', () => {
    after(heartbeatMs);
    expect([call.kinds, call.pings.length]).toEqual([['snapshot', 'heartbeat'], 0]);
    call.acceptAs(2);
    after(heartbeatMs);
    after(heartbeatMs);
    expect([call.kinds, call.pings.length]).toEqual([['snapshot', 'heartbeat'], 2]);
  });

  it.each([
    ['the admin', 2, 1],
    ['an admin that does not send its version', 2, 0],
    ['the agent', 1, 2],
  ])('sends messages only, when %s speaks an older version', (_, own, version) => {
    stream.close();
    begin(own);
    call.acceptAs(version);
    after(2 * heartbeatMs);
    expect([call.kinds, call.pings.length]).toEqual([['snapshot', 'heartbeat', 'heartbeat'], 0]);
  });

  it('continues while they are answered, and ends two and a half intervals after the last answer', () => {
    call.acceptAs(2);
    for (let beat = 0; beat < 100; beat++) {
      after(heartbeatMs);
      answerPings();
    }
    expectSilenceAfter(silenceMs);
    expect(call.isCancelled).toBe(true);
  });

  it('counts each message as a sign of life, too', () => {
    call.acceptAs(2);
    after(silenceMs - 1);
    call.acknowledge(0);
    expectSilenceAfter(silenceMs);
  });

  it('does not count an answer while the admin owes an acknowledgement', () => {
    call.acceptAs(2);
    stream.send(entry('web.service'));
    after(2 * heartbeatMs);
    answerPings();
    after(silenceMs - 2 * heartbeatMs);
    expect(events).toEqual(silent);
  });

  it('counts answers again after the acknowledgement', () => {
    call.acceptAs(2);
    stream.send(entry('web.service'));
    after(heartbeatMs);
    answerPings();
    call.acknowledge(1);
    after(heartbeatMs);
    answerPings();
    expectSilenceAfter(silenceMs);
  });

  it('notices an admin that answers them and does not read', () => {
    call.acceptAs(2);
    call.stopReading();
    for (const name of ['a.service', 'b.service']) stream.send(entry(name));
    for (let beat = 0; beat < 2; beat++) {
      after(heartbeatMs);
      answerPings();
    }
    after(silenceMs - 2 * heartbeatMs);
    expect(events).toEqual(silent);
  });

  it('sends one at once after this machine was frozen, and gives the admin the whole time', () => {
    call.acceptAs(2);
    after(0.1 * heartbeatMs);
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    jest.advanceTimersToNextTimer(2);
    expect(call.pings).toHaveLength(2);
    expectSilenceAfter(silenceMs);
  });

  it('sends none after its end, and ignores a late answer', () => {
    call.acceptAs(2);
    after(heartbeatMs);
    stream.close();
    answerPings();
    after(2 * heartbeatMs);
    expect([call.pings.length, events]).toEqual([0, ['accepted', 'ended CANCELLED']]);
  });
});
