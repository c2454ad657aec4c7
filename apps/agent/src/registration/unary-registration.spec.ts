import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { UnaryRegistration } from './unary-registration.js';

const request = (Name: string): admin.RegistryRequest => ({
  Name,
  Parent: '',
  Type: 9,
  Transport: undefined,
  State: undefined,
});
const absent = new GivcError('UNAVAILABLE', 'no connection');
const rejected = new GivcError('PERMISSION_DENIED', 'not yours');
const absurd = new GivcError('INVALID_ARGUMENT', 'absurd');

/** What is due has run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the registration with an admin without reports', () => {
  let events: unknown[];
  /** Calls that are not answered yet. */
  let open: { name: string; answer: (error?: Error) => void }[];
  let sent: string[];

  beforeEach(() => {
    [events, open, sent] = [[], [], []];
  });

  let begun: UnaryRegistration;
  afterEach(() => begun.close());

  const begin = (...units: string[]) =>
    (begun = new UnaryRegistration(
      request('agent'),
      () => units.map(request),
      ({ Name: name }) => {
        sent.push(name);
        return new Promise((resolve, reject) => {
          open.push({ name, answer: (error) => (error ? reject(error) : resolve()) });
        });
      },
      {
        registered: () => events.push('registered'),
        rejected: (unit, reason) => events.push(['rejected', unit, reason]),
        failed: (error) => events.push(['failed', error]),
      },
    ));
  /** Answers every open call. */
  const answerAll = async (error?: Error) => {
    for (const { answer } of open.splice(0)) answer(error);
    await settled();
  };
  const answer = async (name: string, error?: Error) => {
    const [call] = open.splice(
      open.findIndex((one) => one.name === name),
      1,
    );
    call!.answer(error);
    await settled();
  };
  const isSettled = async (promise: Promise<void>): Promise<boolean> => {
    let done = false;
    void promise.then(() => (done = true));
    await settled();
    return done;
  };

  it('sends the agent first, then its units at once', async () => {
    begin('a.service', 'b.service');
    await settled();
    expect(sent).toEqual(['agent']);
    await answerAll();
    expect(sent).toEqual(['agent', 'a.service', 'b.service']);
    await answer('a.service');
    expect(events).toEqual([]);
    await answer('b.service');
    expect(events).toEqual(['registered']);
  });

  it('sends changes one after another, in order, once everything is registered', async () => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    registration.send(request('c.service'));
    await settled();
    await answer('agent');
    expect(sent).toEqual(['agent', 'a.service']);
    await answer('a.service');
    expect(sent).toEqual(['agent', 'a.service', 'b.service']);
    registration.send(request('d.service'));
    await answer('b.service');
    expect(sent).toEqual(['agent', 'a.service', 'b.service', 'c.service']);
    await answer('c.service');
    await answer('d.service');
    registration.send(request('e.service'));
    expect(sent.at(-1)).toBe('e.service');
  });

  it('goes on although the admin rejects a unit, and names it', async () => {
    const registration = begin('a.service', 'b.service');
    await settled();
    await answer('agent');
    await answer('a.service', rejected);
    await answer('b.service');
    registration.send(request('c.service'));
    await answer('c.service', rejected);
    registration.send(request('d.service'));
    expect(sent.at(-1)).toBe('d.service');
    expect(events).toEqual([
      ['rejected', 'a.service', 'not yours'],
      'registered',
      ['rejected', 'c.service', 'not yours'],
    ]);
  });

  it.each([
    ['the agent itself is rejected', 'agent', rejected],
    ['the admin is away for the agent', 'agent', absent],
    ['the admin is away for one of its units', 'a.service', absent],
    ['the admin is away for a change', 'b.service', absent],
  ])('fails when %s, and then sends nothing more', async (_, name, error) => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    await settled();
    for (const before of ['agent', 'a.service', 'b.service'].slice(
      0,
      ['agent', 'a.service', 'b.service'].indexOf(name),
    ))
      await answer(before);
    await answer(name, error);
    expect(events.at(-1)).toEqual(['failed', error]);
    const count = sent.length;
    registration.send(request('c.service'));
    await answerAll();
    registration.close();
    expect(sent).toHaveLength(count);
    expect(events.filter((event) => Array.isArray(event) && event[0] === 'failed')).toHaveLength(1);
    expect(await isSettled(registration.flush())).toBe(true);
  });

  it('fails when more than 1,000 changes wait', async () => {
    const registration = begin();
    await settled();
    for (let n = 0; n < 1_000; n++) registration.send(request(`${n}.service`));
    expect(events).toEqual([]);
    registration.send(request('one-too-many.service'));
    expect(events).toEqual([
      [
        'failed',
        expect.objectContaining({ reason: 'RESOURCE_EXHAUSTED', message: 'the admin accepts changes too slowly' }),
      ],
    ]);
  });

  it('repeats each 10 s, so that an admin that vanished is noticed', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const registration = begin('a.service');
      await settled();
      await answer('agent');
      await answer('a.service');
      jest.advanceTimersByTime(9_999);
      expect(sent).toEqual(['agent', 'a.service']);
      jest.advanceTimersByTime(1);
      expect(sent).toEqual(['agent', 'a.service', 'agent']);
      jest.advanceTimersByTime(20_000);
      expect(sent).toHaveLength(3);
      await answer('agent');
      await answer('a.service');
      jest.advanceTimersByTime(10_000);
      expect(sent).toEqual(['agent', 'a.service', 'agent', 'a.service', 'agent']);
      await answer('agent', absent);
      expect(events.at(-1)).toEqual(['failed', absent]);
      registration.close();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('flushes once everything so far is answered', async () => {
    const registration = begin();
    await settled();
    registration.send(request('a.service'));
    const first = registration.flush();
    const alike = registration.flush();
    registration.send(request('b.service'));
    const second = registration.flush();
    await answer('agent');
    expect(await isSettled(first)).toBe(false);
    await answer('a.service');
    expect([await isSettled(first), await isSettled(alike), await isSettled(second)]).toEqual([true, true, false]);
    await answer('b.service');
    expect(await isSettled(second)).toBe(true);
    expect(await isSettled(registration.flush())).toBe(true);
  });

  describe('that continues', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
    afterEach(() => jest.useRealTimers());

    it('registers its units again, too, because the admin may have removed them, and says so once', async () => {
      begin('a.service');
      await settled();
      await answerAll();
      await answerAll();
      expect(events).toEqual(['registered']);
      jest.advanceTimersByTime(10_000);
      await answerAll();
      await answerAll();
      expect(sent).toEqual(['agent', 'a.service', 'agent', 'a.service']);
      expect(events).toEqual(['registered']);
    });

    it('sends what changes while all register again after that', async () => {
      const registration = begin('a.service');
      await settled();
      await answerAll();
      await answerAll();
      jest.advanceTimersByTime(10_000);
      registration.send(request('b.service'));
      await answer('agent');
      expect(sent.slice(2)).toEqual(['agent', 'a.service']);
      await answer('a.service');
      expect(sent.slice(2)).toEqual(['agent', 'a.service', 'b.service']);
    });

    it('reports that a unit is rejected when it is new, has another reason or was accepted meanwhile', async () => {
      begin('a.service');
      await settled();
      for (const error of [rejected, rejected, absurd, undefined, absurd]) {
        await answer('agent');
        await answer('a.service', error);
        jest.advanceTimersByTime(10_000);
      }
      expect(events.filter((event) => Array.isArray(event))).toEqual([
        ['rejected', 'a.service', 'not yours'],
        ['rejected', 'a.service', 'absurd'],
        ['rejected', 'a.service', 'absurd'],
      ]);
    });

    it('registers the agent again each 10 s, unless a change is being sent, until it is closed', async () => {
      const registration = begin();
      await settled();
      await answer('agent');
      jest.advanceTimersByTime(9_999);
      expect(sent).toEqual(['agent']);
      jest.advanceTimersByTime(1);
      expect(sent).toEqual(['agent', 'agent']);
      await answer('agent');
      registration.send(request('a.service'));
      jest.advanceTimersByTime(30_000);
      await answer('a.service');
      expect(sent).toEqual(['agent', 'agent', 'a.service']);
      jest.advanceTimersByTime(10_000);
      expect(sent).toEqual(['agent', 'agent', 'a.service', 'agent']);
      registration.close();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('sends nothing more once it is closed while nothing is being sent', async () => {
    const registration = begin();
    await settled();
    await answer('agent');
    registration.close();
    registration.send(request('a.service'));
    expect(sent).toEqual(['agent']);
  });

  it('does not fail any more once it is closed', async () => {
    const registration = begin();
    await settled();
    registration.close();
    await answer('agent', absent);
    expect(events).toEqual([]);
  });

  it('ends a flush once it is closed, and sends nothing more', async () => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    const flushed = registration.flush();
    await settled();
    await answer('agent');
    registration.close();
    expect(await isSettled(flushed)).toBe(true);
    await answerAll();
    expect(events).toEqual([]);
    expect(sent).toEqual(['agent', 'a.service']);
  });
});
