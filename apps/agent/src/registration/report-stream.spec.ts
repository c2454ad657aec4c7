import { status } from '@grpc/grpc-js';
import type { GivcError, UnitName } from '@givc/model';
import type { report } from '@givc/rpc';
import { processClock } from '@givc/time';
import { FakeReportCall } from './report-call.fixture.js';
import { ReportStream } from './report-stream.js';

const HeartbeatMs = 3_000;
const silenceMs = 2.5 * HeartbeatMs;
const picture: report.Picture = { Agent: undefined, Units: [], HeartbeatMs, BootId: 'boot' };
const change = (name: string, SinceMs = 0): report.Change => ({
  Unit: {
    Name: name,
    Parent: '',
    Type: 9,
    Transport: undefined,
    State: undefined,
  },
  Ending: undefined,
  SinceMs,
});

describe('the reports of an agent', () => {
  let call: FakeReportCall;
  let stream: ReportStream;
  let events: unknown[];

  beforeEach(() => {
    jest.useFakeTimers();
    call = new FakeReportCall();
    events = [];
    stream = new ReportStream(call.asCall, picture, {
      taken: (refused) => events.push(['accepted', ...refused]),
      refused: (refused) => events.push(['refused', refused]),
      silent: ({ reason, message }: GivcError) => events.push(['silent', reason, message]),
      ended: ({ reason, message }: GivcError) => events.push(['ended', reason, message]),
    });
  });
  afterEach(() => {
    stream.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const tell = (name: string, sinceMs?: number) => stream.tell(name as UnitName, change(name, sinceMs));
  /** Whether the promise is settled, once all that is due has run. */
  const isSettled = async (promise: Promise<void>): Promise<boolean> => {
    let settled = false;
    void promise.then(() => (settled = true));
    await jest.advanceTimersByTimeAsync(0);
    return settled;
  };

  it('begin with a snapshot of everything, and go on with each change', () => {
    tell('a.service');
    tell('a.service', 1);
    expect(call.sent).toEqual([
      { $case: 'Picture', value: picture },
      { $case: 'Change', value: change('a.service') },
      { $case: 'Change', value: change('a.service', 1) },
    ]);
  });

  it('pass on what the admin has accepted and what it has refused', () => {
    const refused = { Name: 'a.service', Why: 'not yours' };
    call.accept(refused);
    call.answer({ $case: 'Refused', value: refused });
    call.answer({ $case: 'Heartbeat', value: {} });
    call.answer(undefined);
    expect(events).toEqual([
      ['accepted', refused],
      ['refused', refused],
    ]);
  });

  describe('and their heartbeats', () => {
    it('are one each interval', () => {
      call.answer({ $case: 'Heartbeat', value: {} });
      jest.advanceTimersByTime(HeartbeatMs - 1);
      expect(call.kinds).toEqual(['Picture']);
      jest.advanceTimersByTime(1);
      expect(call.sent.at(-1)).toEqual({ $case: 'Heartbeat', value: {} });
      jest.advanceTimersByTime(HeartbeatMs);
      expect(call.kinds).toEqual(['Picture', 'Heartbeat', 'Heartbeat']);
    });

    it('end with DEADLINE_EXCEEDED when the admin never answers, after 2.5 intervals', () => {
      jest.advanceTimersByTime(silenceMs - 1);
      expect([events, call.isCancelled]).toEqual([[], false]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', 'the admin has not been heard of for too long']]);
      expect(call.isCancelled).toBe(true);
      expect(call.kinds).toEqual(['Picture', 'Heartbeat', 'Heartbeat']);
    });

    it.each<[string, report.Heard['What']]>([
      ['a heartbeat', { $case: 'Heartbeat', value: {} }],
      ['an acknowledgement', { $case: 'Acknowledged', value: { Changes: 0 } }],
    ])('go on for as long as the admin answers with %s, and end when it falls silent', (_, answer) => {
      for (let beat = 0; beat < 100; beat++) {
        jest.advanceTimersByTime(HeartbeatMs);
        call.answer(answer);
      }
      expect(events).toEqual([]);
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
    });

    it.each([50, -50_000])('do not mind that the clock of the machine jumps by %i minutes', (minutes) => {
      jest.advanceTimersByTime(HeartbeatMs);
      call.answer({ $case: 'Heartbeat', value: {} });
      jest.setSystemTime(Date.now() + minutes * 60_000);
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      expect(call.kinds).toEqual(['Picture', 'Heartbeat', 'Heartbeat', 'Heartbeat']);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
    });

    it('count a silence from the last answer, not from the last heartbeat', () => {
      jest.advanceTimersByTime(0.5 * HeartbeatMs);
      call.answer({ $case: 'Heartbeat', value: {} });
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toHaveLength(1);
    });

    it('give the admin the whole time after this machine was frozen, and ask it at once', () => {
      jest.advanceTimersByTime(0.1 * HeartbeatMs);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      // Here both timers that are late are done one after the other: that of the heartbeats, and that of the silence.
      jest.advanceTimersToNextTimer(2);
      expect(call.kinds).toEqual(['Picture', 'Heartbeat', 'Heartbeat']);
      jest.advanceTimersByTime(silenceMs - 1);
      expect(events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(events).toEqual([['silent', 'DEADLINE_EXCEEDED', expect.any(String)]]);
    });

    it('are left out while the admin does not read', () => {
      call.stopReading();
      tell('a.service');
      jest.advanceTimersByTime(2 * HeartbeatMs);
      expect(call.kinds).toEqual(['Picture', 'Change']);
      call.readAgain();
      call.answer({ $case: 'Heartbeat', value: {} });
      jest.advanceTimersByTime(HeartbeatMs);
      expect(call.kinds).toEqual(['Picture', 'Change', 'Heartbeat']);
    });
  });

  it('keep the latest change of each unit while the admin does not read, in the order of the first', () => {
    call.stopReading();
    tell('a.service', 1);
    tell('b.service', 2);
    tell('c.service', 3);
    tell('b.service', 4);
    expect(call.changes).toEqual([change('a.service', 1)]);
    call.readAgain();
    expect(call.changes.slice(1)).toEqual([change('b.service', 4), change('c.service', 3)]);
    tell('b.service', 5);
    expect(call.changes.at(-1)).toEqual(change('b.service', 5));
    expect(call.changes).toHaveLength(4);
  });

  it('stop again when the admin stops reading between two changes', () => {
    call.stopReading();
    for (const name of ['a.service', 'b.service', 'c.service']) tell(name);
    call.readAgain(false);
    expect(call.changes).toEqual([change('a.service'), change('b.service')]);
    call.readAgain(false);
    expect(call.changes).toEqual([change('a.service'), change('b.service'), change('c.service')]);
  });

  describe('and a caller that waits until the admin has all of them', () => {
    it('waits for the snapshot to be accepted', async () => {
      const told = stream.told();
      call.acknowledge(0);
      expect(await isSettled(told)).toBe(false);
      call.accept();
      expect(await isSettled(told)).toBe(true);
      expect(await isSettled(stream.told())).toBe(true);
    });

    it('waits for the acknowledgement of the last change, and not for those that come after', async () => {
      call.accept();
      tell('a.service');
      tell('a.service');
      const told = stream.told();
      tell('b.service');
      call.acknowledge(1);
      expect(await isSettled(told)).toBe(false);
      call.acknowledge(2);
      expect(await isSettled(told)).toBe(true);
      expect(await isSettled(stream.told())).toBe(false);
    });

    it('waits for changes that the admin has not read yet', async () => {
      call.accept();
      call.stopReading();
      tell('a.service');
      tell('b.service');
      const told = stream.told();
      call.acknowledge(1);
      expect(await isSettled(told)).toBe(false);
      call.readAgain();
      call.acknowledge(2);
      expect(await isSettled(told)).toBe(true);
    });

    it('waits no longer when the stream ends', async () => {
      tell('a.service');
      const told = stream.told();
      stream.close();
      expect(await isSettled(told)).toBe(true);
      expect(await isSettled(stream.told())).toBe(true);
    });
  });

  it.each<[string, () => void, string, string]>([
    ['the agent closes them', () => stream.close(), 'CANCELLED', 'the agent stops'],
    ['the admin ends them', () => call.emit('end'), 'UNAVAILABLE', 'the admin has ended the stream'],
    [
      'the call fails',
      () => call.fail(status.PERMISSION_DENIED, 'no rule allows it'),
      'PERMISSION_DENIED',
      'no rule allows it',
    ],
  ])('end once, and nothing is sent any more, when %s', (_, end, reason, message) => {
    call.stopReading();
    tell('a.service');
    tell('b.service');
    end();
    expect(events).toEqual([['ended', reason, message]]);
    expect([call.isCancelled, jest.getTimerCount()]).toEqual([true, 0]);
    stream.close();
    call.emit('end');
    call.fail(status.INTERNAL);
    tell('a.service');
    call.readAgain();
    jest.advanceTimersByTime(10 * HeartbeatMs);
    expect(events).toHaveLength(1);
    expect(call.kinds).toEqual(['Picture', 'Change']);
  });
});
