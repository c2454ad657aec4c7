import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { processClock } from '@givc/time';
import { AgentLink } from './agent-link.js';
import { heartbeat, snapshot, StandInReportCall, update } from './report-call.fixture.js';

describe('the report stream of an agent', () => {
  let call: StandInReportCall;
  let link: AgentLink;
  let ended: string | undefined;
  let updates: number;
  let thaws: number;
  /** What the registry makes of a snapshot and of an update. */
  let takeSnapshot: () => readonly report.Refused[];
  let takeUpdate: () => report.Refused | undefined;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    [updates, thaws] = [0, 0];
    ended = undefined;
    takeSnapshot = () => [];
    takeUpdate = () => undefined;
    call = new StandInReportCall();
    link = new AgentLink(call.call, {
      message: () => undefined,
      picture: () => takeSnapshot(),
      change: () => {
        updates++;
        return takeUpdate();
      },
      thawed: () => thaws++,
    });
    link.ended.then(
      () => (ended = 'by the agent'),
      (error: GivcError) => (ended = `${error.reason}: ${error.message}`),
    );
  });
  afterEach(() => {
    link.close(new GivcError('ABORTED', 'the test is over'));
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const written = () =>
    call.written.map(({ $case, value }) =>
      $case === 'Acknowledged' ? `${$case} ${value.Changes}` : $case === 'Refused' ? `${$case} ${value.Name}` : $case,
    );
  const silent = 'DEADLINE_EXCEEDED: the agent has not been heard of for too long';

  describe('whose agent falls silent', () => {
    it.each([
      ['two and a half heartbeats', 3_000, 7_500],
      ['a quarter of a second, however short the heartbeat is', 1, 250],
      ['two and a half minutes, however long the heartbeat is', 3_600_000, 150_000],
    ])('ends after %s', async (_, HeartbeatMs, limitMs) => {
      call.say(snapshot({ HeartbeatMs }));
      await after(limitMs - 1);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
      expect(jest.getTimerCount()).toBe(0);
    });

    it.each([
      ['a heartbeat', heartbeat],
      ['an update', update()],
      ['a message of a kind that is unknown', undefined],
    ])('ends that long after the last message, also after %s', async (_, message) => {
      call.say(snapshot());
      for (let time = 0; time < 3; time++) {
        await after(7_000);
        call.say(message);
      }
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(2);
      expect(ended).toBe(silent);
    });

    it('has the whole time again after this process was frozen, which is reported at once', async () => {
      call.say(snapshot());
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      jest.advanceTimersToNextTimer();
      expect(thaws).toBe(1);
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it('ends that long after it was heard of elsewhere', async () => {
      call.say(snapshot());
      await after(7_000);
      link.heard();
      expect(link.lastHeard).toBe(7_000);
      await after(7_499);
      expect(ended).toBeUndefined();
      await after(1);
      expect(ended).toBe(silent);
    });

    it.each([50, -50_000])('does not mind that the clock of the machine jumps by %i minutes', async (minutes) => {
      call.say(snapshot());
      await after(3_000);
      call.say(heartbeat);
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

    it('goes on for longer than that once it has sent a snapshot', async () => {
      await after(4_000);
      call.say(snapshot());
      await after(7_499);
      expect(ended).toBeUndefined();
    });
  });

  it('knows when its agent was heard of last', async () => {
    await after(1_000);
    expect(link.lastHeard).toBe(0);
    call.say(heartbeat);
    await after(500);
    expect(link.lastHeard).toBe(1_000);
  });

  it('answers a snapshot with what of it was rejected, and each heartbeat', async () => {
    takeSnapshot = () => [{ Name: 'b.service', Why: 'it is not yours' }];
    call.say(snapshot());
    call.say(heartbeat);
    await after(0);
    expect(call.written).toEqual([
      { $case: 'Taken', value: { Refused: [{ Name: 'b.service', Why: 'it is not yours' }] } },
      { $case: 'Heartbeat', value: {} },
    ]);
  });

  it('acknowledges updates that arrive together by one message, with their number so far', async () => {
    call.say(snapshot());
    for (let n = 0; n < 3; n++) call.say(update());
    expect(written()).toEqual(['Taken']);
    await after(0);
    call.say(update());
    await after(0);
    expect(written()).toEqual(['Taken', 'Acknowledged 3', 'Acknowledged 4']);
    expect(updates).toBe(4);
  });

  it('says which update was rejected, and acknowledges it, too', async () => {
    call.say(snapshot());
    takeUpdate = () => ({ Name: 'b.service', Why: 'it is not yours' });
    call.say(update());
    await after(0);
    expect(written()).toEqual(['Taken', 'Refused b.service', 'Acknowledged 1']);
  });

  it('keeps of what an agent does not read the latest acknowledgement alone', async () => {
    call.say(snapshot());
    call.isReading = false;
    call.say(update());
    await after(0);
    takeUpdate = () => ({ Name: 'b.service', Why: 'it is not yours' });
    for (let n = 0; n < 3; n++) {
      call.say(update());
      call.say(heartbeat);
      await after(0);
    }
    expect(written()).toEqual(['Taken', 'Acknowledged 1']);
    call.say(heartbeat);
    call.say(update());
    call.drain();
    expect(written()).toEqual(['Taken', 'Acknowledged 1', 'Acknowledged 4']);
    await after(0);
    expect(written().slice(3)).toEqual(['Acknowledged 5']);
    call.drain();
    expect(written()).toHaveLength(4);
    call.say(heartbeat);
    expect(written().at(-1)).toBe('Heartbeat');
  });

  it.each<[string, () => void, string]>([
    [
      'a second snapshot',
      () => {
        call.say(snapshot());
        call.say(snapshot());
      },
      'INVALID_ARGUMENT: Told: a stream has one picture, its first message',
    ],
    ['an update first', () => call.say(update()), 'INVALID_ARGUMENT: Told: the first message is the picture'],
    [
      'a snapshot that is refused as a whole',
      () => {
        takeSnapshot = () => {
          throw new GivcError('PERMISSION_DENIED', 'not yours');
        };
        call.say(snapshot());
      },
      'PERMISSION_DENIED: not yours',
    ],
    [
      'an update that meets a bug of the admin',
      () => {
        takeUpdate = () => {
          throw new TypeError('a bug');
        };
        call.say(snapshot());
        call.say(update());
      },
      'INTERNAL: TypeError: a bug',
    ],
    [
      'whatever, once it is closed',
      () => link.close(new GivcError('ABORTED', 'another stream has replaced this one')),
      'ABORTED: another stream has replaced this one',
    ],
  ])('ends after %s, with the status that says why', async (_, happen, status) => {
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
    call.say(snapshot());
    call.emit(event, new Error('a broken connection'));
    await after(0);
    expect(ended).toBe('by the agent');
    expect(call.isEnded).toBe(isAnswered);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('counts no more once it has ended, whatever is still on its way, and writes nothing', async () => {
    call.say(snapshot());
    call.say(update());
    link.close(new GivcError('ABORTED', 'another stream has replaced this one'));
    const { lastHeard } = link;
    await after(100);
    call.say(update());
    call.say(heartbeat);
    // What it would have acknowledged by now.
    await after(100);
    expect(updates).toBe(1);
    expect(written()).toEqual(['Taken']);
    expect(link.lastHeard).toBe(lastHeard);
  });
});
