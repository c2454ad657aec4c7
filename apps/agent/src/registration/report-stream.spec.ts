// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import type { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { processClock } from '@givc/time';
import type { UnitReport } from './registry-requests.js';
import { FakeReportCall } from './report-call.fixture.js';
import { application, entry, updateOf } from './unit-entries.fixture.js';
import { ReportStream } from './report-stream.js';

const heartbeatMs = 3_000;
const silenceMs = 2.5 * heartbeatMs;

const snapshotOf = (...entries: UnitReport[]) => ({
  ...{ agent: undefined, entries, heartbeat_interval_ms: heartbeatMs, boot_id: 'boot' },
  ...{ protocol_version: 1, agent_version: '0.1.0' },
});

describe('the report stream to an admin', () => {
  let call: FakeReportCall;
  let stream: ReportStream;
  let events: unknown[];

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

  const begin = (...entries: UnitReport[]) => {
    call = new FakeReportCall();
    events = [];
    stream = new ReportStream(call.asCall, snapshotOf(...entries), {
      accepted: ({ rejected, admin_version }) => events.push(['accepted', ...rejected, admin_version]),
      rejected: (rejected) => events.push(['rejected', rejected]),
      silent: ({ reason, message }: GivcError) => events.push(['silent', reason, message]),
      ended: ({ reason, message }: GivcError) => events.push(['ended', reason, message]),
    });
  };
  const beginWith = (...entries: UnitReport[]) => {
    stream.close();
    begin(...entries);
  };
  const send = (...change: Parameters<typeof entry>) => stream.send(entry(...change));
  /** Whether the promise is settled, once pending work is done. */
  const isSettled = async (promise: Promise<void>): Promise<boolean> => {
    let settled = false;
    void promise.then(() => (settled = true));
    await jest.advanceTimersByTimeAsync(0);
    return settled;
  };

  it('begins with a snapshot of everything, and continues with an update for each change', () => {
    const web = entry('web.service');
    beginWith(web);
    send('web.service', 1, 'failed');
    send('web.service', 2);
    expect(call.sent).toEqual([
      { $case: 'snapshot', value: snapshotOf(web) },
      { $case: 'update', value: updateOf(entry('web.service', 1, 'failed')) },
      { $case: 'update', value: updateOf(entry('web.service', 2)) },
    ]);
  });

  it('announces a unit that is not in the snapshot as an entry, and continues with updates', () => {
    beginWith(entry('web.service'));
    send('clock@0.service', 1, 'active', application);
    send('clock@0.service', 2, 'active', application);
    expect(call.sent.slice(1)).toEqual([
      { $case: 'entry', value: entry('clock@0.service', 1, 'active', application) },
      { $case: 'update', value: updateOf(entry('clock@0.service', 2)) },
    ]);
  });

  it('announces an application again after it has ended, and no other unit', () => {
    beginWith(entry('clock@0.service', 0, 'active', application), entry('clock@1.service', 0, 'inactive', application));
    send('clock@1.service', 1, 'active', application);
    expect(call.kinds.slice(1)).toEqual(['entry']);
    send('clock@0.service', 2, 'failed', application);
    send('clock@0.service', 3, 'active', application);
    expect(call.kinds.slice(2)).toEqual(['update', 'entry']);
    for (const state of ['active', 'failed', 'active']) send('web.service', 4, state);
    expect(call.kinds.slice(4)).toEqual(['entry', 'update', 'update']);
  });

  it.each<[string, () => void]>([
    ['of the snapshot', () => call.accept({ name: 'web.service', reason: 'not yours' })],
    ['of later', () => call.reject('web.service', 'not yours')],
  ])('announces a unit again after the admin has rejected an entry or update %s', (_, reject) => {
    beginWith(entry('web.service'), entry('nm.service'));
    reject();
    for (const name of ['web.service', 'web.service', 'nm.service']) send(name, 1);
    expect(call.kinds.slice(1)).toEqual(['entry', 'update', 'update']);
  });

  it('passes on the acceptance and the rejections of the admin', () => {
    const rejected = { name: 'a.service', reason: 'not yours' };
    call.accept(rejected);
    call.reject('a.service', 'not yours');
    call.answer({ $case: 'heartbeat', value: {} });
    call.answer(undefined);
    expect(events).toEqual([
      ['accepted', rejected, '0.1.0'],
      ['rejected', rejected],
    ]);
  });

  describe('with heartbeats', () => {
    it('sends a heartbeat each interval', () => {
      call.answer({ $case: 'heartbeat', value: {} });
      jest.advanceTimersByTime(heartbeatMs - 1);
      expect(call.kinds).toEqual(['snapshot']);
      jest.advanceTimersByTime(1);
      expect(call.sent.at(-1)).toEqual({ $case: 'heartbeat', value: {} });
      jest.advanceTimersByTime(heartbeatMs);
      expect(call.kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat']);
    });

    it('ends with DEADLINE_EXCEEDED when the admin never answers, after 2.5 intervals', () => {
      jest.advanceTimersByTime(silenceMs - 1);
      expect([events, call.isCancelled]).toEqual([[], false]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([
        ['silent', 'DEADLINE_EXCEEDED', 'no message from the admin within the heartbeat timeout'],
      ]);
      expect(call.isCancelled).toBe(true);
      expect(call.kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat']);
    });

    it.each<[string, report.ReportResponse['message']]>([
      ['a heartbeat', { $case: 'heartbeat', value: {} }],
      ['an acknowledgement', { $case: 'acknowledged', value: { count: 0 } }],
    ])('continues while the admin answers with %s, and ends when it falls silent', (_, answer) => {
      for (let beat = 0; beat < 100; beat++) {
        jest.advanceTimersByTime(heartbeatMs);
        call.answer(answer);
      }
      expect(events).toEqual([]);
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
    });

    it.each([50, -50_000])(
      'measures the silence by a clock that does not change when the wall clock jumps by %i minutes',
      (minutes) => {
        jest.advanceTimersByTime(heartbeatMs);
        call.answer({ $case: 'heartbeat', value: {} });
        jest.setSystemTime(Date.now() + minutes * 60_000);
        jest.advanceTimersByTime(silenceMs - 1);
        expect(events).toEqual([]);
        expect(call.kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat', 'heartbeat']);
        jest.advanceTimersByTime(1);
        expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
      },
    );

    it('measures the silence from the last answer, not from the last heartbeat', () => {
      jest.advanceTimersByTime(0.5 * heartbeatMs);
      call.answer({ $case: 'heartbeat', value: {} });
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toHaveLength(1);
    });

    it('gives the admin the whole timeout after this machine was frozen, and sends a heartbeat at once', () => {
      jest.advanceTimersByTime(0.1 * heartbeatMs);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      // Both timers are late: that of the heartbeats and that of the silence.
      jest.advanceTimersToNextTimer(2);
      expect(call.kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat']);
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
    });

    it('sends no heartbeat while the admin does not read', () => {
      call.stopReading();
      send('a.service');
      jest.advanceTimersByTime(2 * heartbeatMs);
      expect(call.kinds).toEqual(['snapshot', 'entry']);
      call.readAgain();
      call.answer({ $case: 'heartbeat', value: {} });
      jest.advanceTimersByTime(heartbeatMs);
      expect(call.kinds).toEqual(['snapshot', 'entry', 'heartbeat']);
    });
  });

  it('keeps the latest change of each unit while the admin does not read, in the order of the first', () => {
    call.stopReading();
    send('a.service', 1);
    send('b.service', 2);
    send('c.service', 3);
    send('b.service', 4);
    expect(call.changes).toEqual([entry('a.service', 1)]);
    call.readAgain();
    expect(call.changes.slice(1)).toEqual([entry('b.service', 4), entry('c.service', 3)]);
    send('b.service', 5);
    expect(call.changes.at(-1)).toEqual(updateOf(entry('b.service', 5)));
    expect(call.changes).toHaveLength(4);
  });

  it('waits again when the admin stops reading between two changes', () => {
    call.stopReading();
    for (const name of ['a.service', 'b.service', 'c.service']) send(name);
    call.readAgain(false);
    expect(call.changes).toEqual([entry('a.service'), entry('b.service')]);
    call.readAgain(false);
    expect(call.changes).toEqual([entry('a.service'), entry('b.service'), entry('c.service')]);
  });

  describe('with a flush', () => {
    it('waits until the snapshot is accepted', async () => {
      const flushed = stream.flush();
      call.acknowledge(0);
      expect(await isSettled(flushed)).toBe(false);
      call.accept();
      expect(await isSettled(flushed)).toBe(true);
      expect(await isSettled(stream.flush())).toBe(true);
    });

    it('waits for the acknowledgement of the last change, and not for later changes', async () => {
      call.accept();
      send('a.service');
      send('a.service');
      const flushed = stream.flush();
      send('b.service');
      call.acknowledge(1);
      expect(await isSettled(flushed)).toBe(false);
      call.acknowledge(2);
      expect(await isSettled(flushed)).toBe(true);
      expect(await isSettled(stream.flush())).toBe(false);
    });

    it('waits for changes that the admin has not read yet', async () => {
      call.accept();
      call.stopReading();
      send('a.service');
      send('b.service');
      const flushed = stream.flush();
      call.acknowledge(1);
      expect(await isSettled(flushed)).toBe(false);
      call.readAgain();
      call.acknowledge(2);
      expect(await isSettled(flushed)).toBe(true);
    });

    it('completes the flush when the stream ends', async () => {
      send('a.service');
      const flushed = stream.flush();
      stream.close();
      expect(await isSettled(flushed)).toBe(true);
      expect(await isSettled(stream.flush())).toBe(true);
    });
  });

  it.each<[string, () => void, string, string]>([
    ['the agent closes it', () => stream.close(), 'CANCELLED', 'the agent stops'],
    ['the admin ends it', () => call.emit('end'), 'UNAVAILABLE', 'the admin has ended the stream'],
    [
      'the call fails',
      () => call.fail(status.PERMISSION_DENIED, 'no rule allows it'),
      'PERMISSION_DENIED',
      'no rule allows it',
    ],
  ])('ends once, and sends nothing more, when %s', (_, end, reason, message) => {
    call.stopReading();
    send('a.service');
    send('b.service');
    end();
    expect(events).toEqual([['ended', reason, message]]);
    expect([call.isCancelled, jest.getTimerCount()]).toEqual([true, 0]);
    stream.close();
    call.emit('end');
    call.fail(status.INTERNAL);
    send('a.service');
    call.readAgain();
    jest.advanceTimersByTime(10 * heartbeatMs);
    expect(events).toHaveLength(1);
    expect(call.kinds).toEqual(['snapshot', 'entry']);
  });
});
