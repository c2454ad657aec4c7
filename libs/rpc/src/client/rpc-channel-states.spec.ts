// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseVmName } from '@givc/model';
import { processClock } from '@givc/time';
import { admin } from '../messages.js';
import { FakeDialer } from './fake-connector.fixture.js';
import { RpcChannel } from './rpc-channel.js';

const { queryList } = admin.AdminServiceService;

describe('the connection of a channel', () => {
  let dialer: FakeDialer;
  let channel: RpcChannel;
  let states: RpcChannel['state'][];

  beforeEach(() => {
    jest.useFakeTimers();
    dialer = new FakeDialer();
    const address = { protocol: 'unix', path: '/nonexistent' } as const;
    channel = new RpcChannel({ name: parseVmName('name', 'admin-vm'), address }, dialer, { windowBytes: 4_096 });
    states = [];
    channel.onState((state) => states.push(state));
  });
  afterEach(() => {
    channel.close();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const attempts = () => dialer.connector.attempts;
  const last = () => dialer.connector.last;
  /** The milliseconds until another attempt begins; undefined when that is not within a minute. */
  const dialledAfter = (): number | undefined => {
    const before = attempts().length;
    for (let ms = 0; ms <= 60_000; ms++) {
      if (attempts().length > before) return ms;
      jest.advanceTimersByTime(1);
    }
    return undefined;
  };
  const freeze = () => {
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
  };
  const call = () => {
    const outcome = channel.unary(queryList, {});
    return outcome.then(
      () => 'OK',
      ({ reason, message }: { reason: string; message: string }) => `${reason}: ${message}`,
    );
  };

  it('has the configured window', () => {
    expect(dialer.options).toMatchObject({ windowBytes: 4_096 });
  });

  describe('without keepConnected', () => {
    it('is made for a call, and not again when it is lost, until there is another call', () => {
      expect(dialledAfter()).toBeUndefined();
      void call();
      expect([attempts().length, channel.state]).toEqual([1, 'CONNECTING']);
      expect(
        last()
          .succeed()
          .streams.map(({ path }) => path),
      ).toEqual([queryList.path]);
      last().lose();
      expect([states, dialledAfter()]).toEqual([['CONNECTING', 'READY', 'IDLE'], undefined]);
      void call();
      expect(attempts()).toHaveLength(2);
    });

    it('fails the calls that wait for it when the attempt fails, and those that follow until the pause is over', async () => {
      const first = call();
      last().fail();
      const second = call();
      expect([await first, await second]).toEqual(Array(2).fill('UNAVAILABLE: nothing listens there'));
      expect([channel.state, attempts().length, dialledAfter()]).toEqual(['TRANSIENT_FAILURE', 1, undefined]);
      void call();
      expect([channel.state, attempts().length]).toEqual(['CONNECTING', 2]);
    });

    it('may take 20 s until it is accepted', async () => {
      const waiting = call();
      jest.advanceTimersByTime(19_999);
      expect(last().isGivenUp).toBe(false);
      jest.advanceTimersByTime(1);
      expect(last().isGivenUp).toBe(true);
      expect(await waiting).toBe('UNAVAILABLE: the connection is not accepted within 20 s');
    });
  });

  it('is replaced for the next call once the server has announced its end', () => {
    channel.keepConnected();
    const before = last().succeed();
    before.isOpen = false;
    void call();
    expect([before.streams.length, attempts().length]).toEqual([0, 2]);
    expect(last().succeed().streams).toHaveLength(1);
  });

  describe('with keepConnected', () => {
    beforeEach(() => channel.keepConnected());

    it('is made at once, and again when it is lost, after a second loss at once with a pause of 100 ms', () => {
      expect(attempts()).toHaveLength(1);
      last().succeed();
      expect(dialledAfter()).toBeUndefined();
      for (const pauseMs of [0, 0, 100, 200]) {
        last().lose();
        expect(pauseMs === 0 || dialledAfter()).toBe(pauseMs === 0 || pauseMs);
        last().succeed();
      }
      expect(states.slice(0, 5)).toEqual(['CONNECTING', 'READY', 'IDLE', 'CONNECTING', 'READY']);
    });

    it('is made at once for a call during that pause', () => {
      for (let n = 0; n < 2; n++) {
        last().succeed();
        last().lose();
      }
      expect(attempts()).toHaveLength(2);
      void call();
      expect([attempts().length, channel.state]).toEqual([3, 'CONNECTING']);
      expect(dialledAfter()).toBe(2_000);
    });

    it('is tried again with a backoff of up to 1 s when attempts fail, and fails calls meanwhile', async () => {
      const pauses = Array.from({ length: 5 }, () => {
        last().fail();
        return dialledAfter();
      });
      expect([pauses, states]).toEqual([
        [100, 200, 400, 800, 1_000],
        ['CONNECTING', 'TRANSIENT_FAILURE'],
      ]);
      expect(await call()).toBe('UNAVAILABLE: nothing listens there');
      last().succeed();
      last().lose();
      last().fail();
      expect(dialledAfter()).toBe(100);
    });

    it('is abandoned and attempted again when it is not accepted within 2 s, which counts as a failure', () => {
      const first = last();
      expect([dialledAfter(), first.isGivenUp]).toEqual([2_000, true]);
      expect(states).toEqual(['CONNECTING', 'TRANSIENT_FAILURE']);
      expect(dialledAfter()).toBe(2_000);
    });

    it('is attempted again without a report when an attempt fails during a freeze of this process, once', async () => {
      const waiting = call();
      freeze();
      last().fail();
      expect([attempts().length, states]).toEqual([2, ['CONNECTING']]);
      last().fail();
      expect([attempts().length, states]).toEqual([2, ['CONNECTING', 'TRANSIENT_FAILURE']]);
      expect(await waiting).toContain('UNAVAILABLE');
    });

    it('is kept when it is established although this process was frozen meanwhile', () => {
      freeze();
      last().succeed();
      expect([attempts().length, states]).toEqual([1, ['CONNECTING', 'READY']]);
    });

    it('may take 15 s after it was accepted', () => {
      jest.advanceTimersByTime(1_500);
      last().accept();
      expect(dialledAfter()).toBe(15_000);
    });

    it.each([
      ['it stands', () => last().succeed()],
      ['it is closed', () => channel.close()],
    ])('is not abandoned once %s', (_, end) => {
      last().accept();
      end();
      expect(dialledAfter()).toBeUndefined();
    });

    it('is not affected by an attempt that was abandoned', () => {
      const first = last();
      channel.redial();
      first.accept();
      first.fail();
      expect([states, first.succeed().end]).toEqual([['CONNECTING', 'CONNECTING'], 'abandoned']);
      expect(dialledAfter()).toBe(2_000);
    });
  });

  it('is established again by redial, at once with keepConnected', () => {
    channel.redial();
    expect(attempts()).toHaveLength(0);
    channel.keepConnected();
    const connection = last().succeed();
    channel.redial();
    expect([attempts().length, connection.end, channel.state]).toEqual([2, 'abandoned', 'CONNECTING']);
  });

  describe('after its certificates were replaced', () => {
    let replaced: number;
    beforeEach(() => {
      replaced = 0;
      channel.onReplaced(() => replaced++);
      channel.keepConnected();
    });

    it('is replaced by another one once that is ready, and reports no other state', () => {
      const before = last().succeed();
      dialer.replaceCertificate();
      expect([attempts().length, before.end, replaced]).toEqual([2, undefined, 0]);
      const after = last().succeed();
      expect([before.end, replaced, channel.state]).toEqual(['closed', 1, 'READY']);
      void call();
      expect([before.streams.length, after.streams.length]).toEqual([0, 1]);
      attempts()[0]!.lose();
      expect(states).toEqual(['CONNECTING', 'READY']);
      last().lose();
      expect([states.at(-1), attempts().length]).toEqual(['CONNECTING', 3]);
    });

    it('continues while the other one cannot be made, which is tried again', () => {
      const before = last().succeed();
      dialer.replaceCertificate();
      last().fail();
      expect([dialledAfter(), before.end, states]).toEqual([100, undefined, ['CONNECTING', 'READY']]);
      last().succeed();
      expect([before.end, replaced]).toEqual(['closed', 1]);
    });

    it('is made by the new ones when it is being made', () => {
      const first = last();
      dialer.replaceCertificate();
      expect([first.isGivenUp, attempts().length]).toEqual([true, 2]);
      last().succeed();
      expect(states).toEqual(['CONNECTING', 'READY']);
    });

    it('is established again without a second connection when it was lost, before or meanwhile', () => {
      last().succeed();
      dialer.replaceCertificate();
      const successor = last();
      attempts()[0]!.lose();
      expect([successor.isGivenUp, attempts().length]).toEqual([true, 3]);
      last().fail();
      dialer.replaceCertificate();
      expect(attempts()).toHaveLength(3);
    });

    it('is replaced by the last of several others', () => {
      const before = last().succeed();
      dialer.replaceCertificate();
      dialer.replaceCertificate();
      expect(attempts().map(({ isGivenUp }) => isGivenUp)).toEqual([false, true, false]);
      channel.redial();
      expect([attempts()[2]!.isGivenUp, before.end, attempts().length]).toEqual([true, 'abandoned', 4]);
    });

    it('is not replaced once it is closed', () => {
      const before = last().succeed();
      dialer.replaceCertificate();
      channel.close();
      expect([before.end, last().isGivenUp, dialer.listeners.size, dialledAfter()]).toEqual([
        ...['abandoned', true, 0],
        undefined,
      ]);
    });
  });

  it('is not established again and reports nothing once it is closed', async () => {
    channel.keepConnected();
    const waiting = call();
    channel.close();
    last().succeed();
    channel.redial();
    expect([attempts().length, last().isGivenUp, dialledAfter(), channel.state]).toEqual([
      ...[1, true],
      undefined,
      'SHUTDOWN',
    ]);
    expect([states, await waiting, await call()]).toEqual([
      ['CONNECTING'],
      'UNAVAILABLE: the channel is closed',
      'UNAVAILABLE: the channel is closed',
    ]);
  });

  it('has one report of a failure for each reason', () => {
    const failures: string[] = [];
    channel.onFailure(({ problem }) => failures.push(problem));
    channel.keepConnected();
    for (const problem of ['refused', 'refused', 'closed'] as const) {
      last().fail('no', problem);
      dialledAfter();
    }
    expect(failures).toEqual(['refused', 'closed']);
  });
});
