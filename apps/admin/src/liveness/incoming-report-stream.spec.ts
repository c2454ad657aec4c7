// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { processClock } from '@givc/time';
import { IncomingReportStream } from './incoming-report-stream.js';
import { accepted, entry, FakeReportCall, heartbeat, snapshot, update } from './report-call.fixture.js';

const web = update('web.service', undefined);

describe('the report stream of an agent', () => {
  let call: FakeReportCall;
  let stream: IncomingReportStream;
  let ended: string | undefined;
  let received: string[];
  let thaws: number;
  /** The results of the registry for a snapshot, and for an entry or update. */
  let applySnapshot: () => readonly report.Rejected[];
  let apply: () => report.Rejected | undefined;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    [received, thaws] = [[], 0];
    ended = undefined;
    applySnapshot = () => [];
    apply = () => undefined;
    call = new FakeReportCall();
    stream = new IncomingReportStream(call.call, {
      received: () => undefined,
      snapshot: () => applySnapshot(),
      entry: ({ registration }) => {
        received.push(`entry ${registration!.Name}`);
        return apply();
      },
      update: ({ name }) => {
        received.push(`update ${name}`);
        return apply();
      },
      thawed: () => thaws++,
    });
    stream.ended.then(
      () => (ended = 'by the agent'),
      (error: GivcError) => (ended = `${error.reason}: ${error.message}`),
    );
  });
  afterEach(() => {
    stream.close(new GivcError('ABORTED', 'the test is over'));
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const written = () =>
    call.written.map(({ $case, value }) =>
      $case === 'acknowledged' ? `${$case} ${value.count}` : $case === 'rejected' ? `${$case} ${value.name}` : $case,
    );
  const silent = 'DEADLINE_EXCEEDED: no message from the agent within the heartbeat timeout';

  describe('of a silent agent', () => {
    it.each([
      ['two and a half heartbeats', 3_000, 7_500],
      ['a quarter of a second, however short the heartbeat is', 1, 250],
      ['two and a half minutes, however long the heartbeat is', 3_600_000, 150_000],
    ])('ends after the silence of %s', async (_, heartbeat_interval_ms, limitMs) => {
      call.send(snapshot({ heartbeat_interval_ms }));
      await after(limitMs - 1);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
      expect(jest.getTimerCount()).toBe(0);
    });

    it.each([
      ['a heartbeat', heartbeat],
      ['an update', web],
      ['a message of a kind that is unknown', undefined],
    ])('ends the same time after the last message, also after %s', async (_, message) => {
      call.send(snapshot());
      for (let time = 0; time < 3; time++) {
        await after(7_000);
        call.send(message);
      }
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(2);
      expect(ended).toBe(silent);
    });

    it('gives the agent the whole timeout again after a freeze of this process, which is reported at once', async () => {
      call.send(snapshot());
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      jest.advanceTimersToNextTimer();
      expect(thaws).toBe(1);
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it('ends the same time after the agent was seen elsewhere', async () => {
      call.send(snapshot());
      await after(7_000);
      stream.markSeen();
      expect(stream.lastSeen).toBe(7_000);
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it.each([50, -50_000])('measures the silence by a clock that no jump of %i minutes changes', async (minutes) => {
      call.send(snapshot());
      await after(3_000);
      call.send(heartbeat);
      jest.setSystemTime(Date.now() + minutes * 60_000);
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it('ends after 5 s when it has not sent a snapshot', async () => {
      await after(4_999);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it('stays open for longer than 5 s once it has sent a snapshot', async () => {
      await after(4_000);
      call.send(snapshot());
      await after(7_499);
      expect(ended).toBeUndefined();
    });
  });

  it('records when the last message of its agent was received', async () => {
    await after(1_000);
    expect(stream.lastSeen).toBe(0);
    call.send(heartbeat);
    await after(500);
    expect(stream.lastSeen).toBe(1_000);
  });

  it('answers a snapshot with the versions and the rejected entries, and answers each heartbeat', async () => {
    applySnapshot = () => [{ name: 'b.service', reason: 'it is not yours' }];
    call.send(snapshot());
    call.send(heartbeat);
    await after(0);
    expect(call.written).toEqual([
      accepted({ name: 'b.service', reason: 'it is not yours' }),
      { $case: 'heartbeat', value: {} },
    ]);
  });

  it('acknowledges entries and updates that arrive together by one message, with their total number', async () => {
    call.send(snapshot());
    call.send(entry({ Name: 'a.service', Parent: '', Type: 9, Transport: undefined, State: undefined }));
    for (let n = 0; n < 2; n++) call.send(web);
    expect(written()).toEqual(['snapshot_accepted']);
    await after(0);
    call.send(web);
    await after(0);
    expect(written()).toEqual(['snapshot_accepted', 'acknowledged 3', 'acknowledged 4']);
    expect(received).toEqual(['entry a.service', ...Array<string>(3).fill('update web.service')]);
  });

  it('sends the reason of a rejected update, and also acknowledges it', async () => {
    call.send(snapshot());
    apply = () => ({ name: 'b.service', reason: 'it is not yours' });
    call.send(web);
    await after(0);
    expect(written()).toEqual(['snapshot_accepted', 'rejected b.service', 'acknowledged 1']);
  });

  it('keeps only the latest acknowledgement while the agent does not read', async () => {
    call.send(snapshot());
    call.isReading = false;
    call.send(web);
    await after(0);
    apply = () => ({ name: 'b.service', reason: 'it is not yours' });
    for (let n = 0; n < 3; n++) {
      call.send(web);
      call.send(heartbeat);
      await after(0);
    }
    expect(written()).toEqual(['snapshot_accepted', 'acknowledged 1']);
    call.send(heartbeat);
    call.send(web);
    call.drain();
    expect(written()).toEqual(['snapshot_accepted', 'acknowledged 1', 'acknowledged 4']);
    await after(0);
    expect(written().slice(3)).toEqual(['acknowledged 5']);
    call.drain();
    expect(written()).toHaveLength(4);
    call.send(heartbeat);
    expect(written().at(-1)).toBe('heartbeat');
  });

  it.each<[string, () => void, string]>([
    [
      'a second snapshot',
      () => {
        call.send(snapshot());
        call.send(snapshot());
      },
      'INVALID_ARGUMENT: ReportRequest.message: only the first message may be a snapshot',
    ],
    [
      'an update first',
      () => call.send(web),
      'INVALID_ARGUMENT: ReportRequest.message: the first message must be the snapshot',
    ],
    [
      'an entry first',
      () => call.send(entry()),
      'INVALID_ARGUMENT: ReportRequest.message: the first message must be the snapshot',
    ],
    [
      'a snapshot that is rejected as a whole',
      () => {
        applySnapshot = () => {
          throw new GivcError('PERMISSION_DENIED', 'not yours');
        };
        call.send(snapshot());
      },
      'PERMISSION_DENIED: not yours',
    ],
    [
      'an update that meets a bug of the admin',
      () => {
        apply = () => {
          throw new TypeError('a bug');
        };
        call.send(snapshot());
        call.send(web);
      },
      'INTERNAL: TypeError: a bug',
    ],
    [
      'nothing, once it is closed',
      () => stream.close(new GivcError('ABORTED', 'another stream has replaced this one')),
      'ABORTED: another stream has replaced this one',
    ],
  ])('ends after %s, with the matching status', async (_, happen, status) => {
    happen();
    await after(0);
    expect(ended).toBe(status);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['has ended it', 'end', true],
    ['has hung up', 'cancelled', false],
    ['cannot be reached any more', 'error', false],
  ])('ends without an error when its agent %s', async (_, event, isAnswered) => {
    call.send(snapshot());
    call.emit(event, new Error('a broken connection'));
    await after(0);
    expect(ended).toBe('by the agent');
    expect(call.isEnded).toBe(isAnswered);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ignores messages that arrive after its end, and writes nothing', async () => {
    call.send(snapshot());
    call.send(web);
    stream.close(new GivcError('ABORTED', 'another stream has replaced this one'));
    const { lastSeen } = stream;
    await after(100);
    call.send(web);
    call.send(heartbeat);
    // Messages that would have been acknowledged by now.
    await after(100);
    expect(received).toHaveLength(1);
    expect(written()).toEqual(['snapshot_accepted']);
    expect(stream.lastSeen).toBe(lastSeen);
  });
});
