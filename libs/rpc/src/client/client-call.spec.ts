// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners } from 'node:events';
import { processClock } from '@givc/time';
import { OpenTrace, parseTraceContext } from '@givc/trace';
import { status } from '../wire/status-codes.js';
import type { CallSettings } from './call-settings.js';
import { ClientCall } from './client-call.js';
import type { CallOutcome } from './connection.js';
import { FakeConnection } from './fake-connector.fixture.js';

describe('a call of a client', () => {
  let call: ClientCall;
  let connection: FakeConnection;
  let events: unknown[];

  beforeEach(() => {
    jest.useFakeTimers();
    connection = new FakeConnection();
    events = [];
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const begin = (settings: CallSettings, isConnected = true) => {
    const channel = {
      start: (started: ClientCall) => void (isConnected && started.begin(connection)),
      ended: () => events.push('ended'),
    };
    call = new ClientCall('/a.B/C', settings, channel, {
      onBegin: () => events.push('begun'),
      onHeaders: () => events.push('headers'),
      onMessage: () => events.push('message'),
      onEnd: (outcome: CallOutcome) => events.push(outcome),
    });
    call.start();
  };
  const stream = () => connection.streams.at(-1)!;
  const succeed = () => call.onEnd({ code: status.OK, details: '' });
  const outcome = () => events.at(-1) as CallOutcome;

  it('is made on its connection with its metadata, and ends once', () => {
    begin({ metadata: { 'policy-signature': 'x' } });
    expect([stream().path, stream().metadata?.getMap()]).toEqual(['/a.B/C', { 'policy-signature': 'x' }]);
    succeed();
    call.cancel();
    call.onEnd({ code: status.INTERNAL, details: '' });
    expect([events, stream().isCancelled]).toEqual([['begun', 'ended', { code: status.OK, details: '' }], false]);
  });

  it('carries the trace of the code that makes it, unless its metadata has another', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const trace = new OpenTrace(parseTraceContext(traceparent, 'congo=t61rcWkgMzE')!);
    trace.run(() => begin({ metadata: { 'policy-signature': 'x' } }));
    expect(stream().metadata?.getMap()).toEqual({
      'policy-signature': 'x',
      traceparent,
      tracestate: 'congo=t61rcWkgMzE',
    });
    trace.run(() => begin({ metadata: { traceparent: 'other' } }));
    expect(stream().metadata?.get('traceparent')).toEqual(['other']);
    trace.close();
    begin({});
    expect(stream().metadata).toBeUndefined();
  });

  it('throws when its metadata is invalid', () => {
    expect(() => begin({ metadata: { 'grpc-status': '0' } })).toThrow('may not be sent');
  });

  it('ends with CANCELLED by its signal, which it listens to no longer than it is open', () => {
    const stop = new AbortController();
    begin({ signal: stop.signal });
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    expect([outcome().code, stream().isCancelled]).toEqual([status.CANCELLED, true]);
    const other = new AbortController();
    begin({ signal: other.signal });
    succeed();
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
  });

  it('does not begin when its signal is aborted already', () => {
    begin({ signal: AbortSignal.abort(), deadlineMs: 5_000 });
    expect([outcome().code, connection.streams, jest.getTimerCount()]).toEqual([status.CANCELLED, [], 0]);
  });

  describe('with a deadline', () => {
    it('ends with DEADLINE_EXCEEDED when it is still open, for its server as well', () => {
      begin({ deadlineMs: 5_000 });
      jest.advanceTimersByTime(4_999);
      expect(events).toEqual(['begun']);
      jest.advanceTimersByTime(1);
      expect(outcome()).toEqual({
        code: status.DEADLINE_EXCEEDED,
        details: 'Deadline exceeded after 5.000s',
        failure: { state: 'deadline-exceeded', seconds: 5, wasConnected: true },
      });
      expect(stream().isCancelled).toBe(true);
    });

    it('fails with an error that names the missing connection', () => {
      begin({ deadlineMs: 5_000 }, false);
      jest.advanceTimersByTime(5_000);
      expect(outcome()).toEqual({
        code: status.DEADLINE_EXCEEDED,
        details: 'Deadline exceeded after 5.000s, waiting for a connection',
        failure: { state: 'deadline-exceeded', seconds: 5, wasConnected: false },
      });
    });

    it('leaves no timer when it has ended, nor without one', () => {
      begin({ deadlineMs: 5_000 });
      succeed();
      begin({});
      expect(jest.getTimerCount()).toBe(0);
    });

    it('has the whole time again after this process was frozen', () => {
      begin({ deadlineMs: 6_000 });
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      jest.advanceTimersToNextTimer();
      jest.advanceTimersByTime(5_999);
      expect(events).toEqual(['begun']);
      jest.advanceTimersByTime(1);
      expect(outcome().code).toBe(status.DEADLINE_EXCEEDED);
    });

    it.each([-3_600_000, 3_600_000])('is not affected by a change of the wall clock by %i ms', (ms) => {
      begin({ deadlineMs: 5_000 });
      jest.setSystemTime(Date.now() + ms);
      jest.advanceTimersByTime(4_999);
      expect(events).toEqual(['begun']);
      jest.advanceTimersByTime(1);
      expect(outcome().code).toBe(status.DEADLINE_EXCEEDED);
    });
  });
});
