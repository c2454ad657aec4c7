// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connectivityState, type ChannelInterface } from '@grpc/grpc-js';
import { parseVmName, type Endpoint } from '@givc/model';
import { processClock } from '@givc/time';
import { Dialer, type DialOptions } from './dialer.js';
import { RpcChannel } from './rpc-channel.js';

const { IDLE, CONNECTING, READY, TRANSIENT_FAILURE, SHUTDOWN } = connectivityState;

/** A channel of grpc-js whose state the test sets. */
class FakeChannel {
  #state: connectivityState = IDLE;
  #watchers: (() => void)[] = [];
  dials = 0;
  isClosed = false;
  readonly getTarget = () => 'unix:/nonexistent';

  constructor(readonly options: DialOptions) {}

  /** grpc-js reports the end of a channel at once, and rejects further watches. */
  close(): void {
    this.isClosed = true;
    this.become(SHUTDOWN);
  }

  getConnectivityState(isToConnect: boolean): connectivityState {
    if (isToConnect) this.dials++;
    return this.#state;
  }

  watchConnectivityState(known: connectivityState, deadline: number, changed: () => void): void {
    if (this.isClosed) throw new Error('Channel has been shut down');
    expect([known, deadline]).toEqual([this.#state, Infinity]);
    this.#watchers.push(changed);
  }

  become(state: connectivityState): void {
    this.#state = state;
    for (const changed of this.#watchers.splice(0)) changed();
  }
}

class FakeDialer extends Dialer {
  readonly channels: FakeChannel[] = [];
  readonly listeners = new Set<() => void>();

  override onRenewed(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  renew(): void {
    for (const listener of this.listeners) listener();
  }

  dial(_: Endpoint, options: DialOptions): ChannelInterface {
    this.channels.push(new FakeChannel(options));
    return this.channels.at(-1) as unknown as ChannelInterface;
  }
}

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

  const last = () => dialer.channels.at(-1)!;
  /** The milliseconds until another channel is dialled; undefined when that is not within a minute. */
  const redialledAfter = (): number | undefined => {
    const before = dialer.channels.length;
    for (let ms = 1; ms <= 60_000; ms++) {
      jest.advanceTimersByTime(1);
      if (dialer.channels.length > before) return ms;
    }
    return undefined;
  };

  it('has the configured window', () => {
    expect(last().options.windowBytes).toBe(4_096);
  });

  it('reports each of its states once', () => {
    last().become(CONNECTING);
    last().become(CONNECTING);
    last().become(READY);
    expect(channel.state).toBe('READY');
    last().become(IDLE);
    expect(states).toEqual(['CONNECTING', 'READY', 'IDLE']);
  });

  it('is made only for calls unless it is kept', () => {
    last().become(CONNECTING);
    last().become(TRANSIENT_FAILURE);
    last().become(IDLE);
    expect(redialledAfter()).toBeUndefined();
    expect(last().dials).toBe(0);
  });

  describe('that is kept connected', () => {
    beforeEach(() => channel.keepConnected());

    it('is made at once, and again when it is lost, after a second loss at once with a pause of 100 ms', () => {
      expect(last().dials).toBe(1);
      last().become(CONNECTING);
      last().become(READY);
      expect([last().dials, redialledAfter()]).toEqual([1, undefined]);
      last().become(IDLE);
      expect(last().dials).toBe(2);
      for (let n = 0; n < 2; n++) {
        last().become(READY);
        last().become(IDLE);
      }
      expect(last().dials).toBe(3);
      jest.advanceTimersByTime(100);
      expect(last().dials).toBe(4);
    });

    it('is given up and made again when it is not accepted within 2 s, which counts as a failure', () => {
      const first = last();
      first.become(CONNECTING);
      expect(redialledAfter()).toBe(2_000);
      expect([first.isClosed, last().dials]).toEqual([true, 1]);
      expect(states).toEqual(['CONNECTING', 'TRANSIENT_FAILURE']);
      expect(redialledAfter()).toBeUndefined();
    });

    it('is made again without a report when it failed during a freeze of this process, and a second time counts as a failure', () => {
      const first = last();
      first.become(CONNECTING);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      first.become(TRANSIENT_FAILURE);
      expect([first.isClosed, last().dials, states]).toEqual([true, 1, ['CONNECTING']]);
      last().become(CONNECTING);
      last().become(TRANSIENT_FAILURE);
      expect(states).toEqual(['CONNECTING', 'CONNECTING', 'TRANSIENT_FAILURE']);
    });

    it('is kept when it is established although this process was frozen meanwhile', () => {
      last().become(CONNECTING);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      last().become(READY);
      expect([last().isClosed, dialer.channels.length, states]).toEqual([false, 1, ['CONNECTING', 'READY']]);
    });

    it('may take 15 s after it was accepted', () => {
      last().become(CONNECTING);
      last().options.onAccepted();
      expect(redialledAfter()).toBe(15_000);
    });

    it('is given up 3 s after TLS has failed, unless another attempt is accepted', () => {
      last().become(CONNECTING);
      const failed = last().options.onAccepted();
      failed();
      expect(redialledAfter()).toBe(3_000);
    });

    it('is given up 3 s after an attempt has failed', () => {
      last().become(CONNECTING);
      last().become(TRANSIENT_FAILURE);
      expect(redialledAfter()).toBe(3_000);
    });

    it.each([
      ['it stands', READY],
      ['it is closed', SHUTDOWN],
    ])('is not given up once %s', (_, state) => {
      last().become(CONNECTING);
      const failed = last().options.onAccepted();
      last().become(state);
      failed();
      expect(redialledAfter()).toBeUndefined();
    });

    it('is not given up because of an older one', () => {
      const first = last();
      first.become(CONNECTING);
      const failed = first.options.onAccepted();
      channel.redial();
      first.become(CONNECTING);
      first.options.onAccepted()();
      failed();
      expect(redialledAfter()).toBeUndefined();
      expect(states).toEqual(['CONNECTING']);
      last().become(CONNECTING);
      failed();
      expect(redialledAfter()).toBe(2_000);
    });
  });

  it('is made again by redial, at once if it is kept connected', () => {
    channel.redial();
    expect(dialer.channels.map(({ isClosed, dials }) => [isClosed, dials])).toEqual([
      [true, 0],
      [false, 0],
    ]);
    channel.keepConnected();
    channel.redial();
    expect(dialer.channels.map(({ isClosed, dials }) => [isClosed, dials])).toEqual([
      [true, 0],
      [true, 1],
      [false, 1],
    ]);
  });

  describe('whose certificates are renewed', () => {
    let renewed: number;
    beforeEach(() => {
      renewed = 0;
      channel.onRenewed(() => renewed++);
      channel.keepConnected();
      last().become(CONNECTING);
    });
    const isClosed = () => dialer.channels.map((one) => one.isClosed);

    it('is replaced by another one once that is ready, and reports no other state', () => {
      last().become(READY);
      dialer.renew();
      expect([dialer.channels.length, last().dials]).toEqual([2, 1]);
      last().become(CONNECTING);
      expect([isClosed(), renewed]).toEqual([[false, false], 0]);
      last().become(READY);
      expect([isClosed(), renewed, channel.state]).toEqual([[true, false], 1, 'READY']);
      dialer.channels[0]!.become(SHUTDOWN);
      expect(states).toEqual(['CONNECTING', 'READY']);
      last().become(IDLE);
      expect([states.at(-1), last().dials]).toEqual(['IDLE', 2]);
    });

    it('continues while the other one cannot be made, which is tried again', () => {
      last().become(READY);
      dialer.renew();
      last().become(TRANSIENT_FAILURE);
      last().become(IDLE);
      expect([isClosed(), last().dials, states]).toEqual([[false, false], 2, ['CONNECTING', 'READY']]);
      expect(redialledAfter()).toBeUndefined();
    });

    it('is ready as soon as the other one is, when it is being made itself', () => {
      dialer.renew();
      last().become(READY);
      expect([isClosed(), states, renewed]).toEqual([[true, false], ['CONNECTING', 'READY'], 1]);
      expect(redialledAfter()).toBeUndefined();
    });

    it('is made again without a second connection when it was lost, before or meanwhile', () => {
      const first = last();
      first.become(READY);
      dialer.renew();
      first.become(IDLE);
      expect([isClosed(), first.dials]).toEqual([[false, true], 2]);
      dialer.renew();
      expect(dialer.channels).toHaveLength(2);
    });

    it('is replaced by the last of several others', () => {
      last().become(READY);
      dialer.renew();
      dialer.renew();
      expect(isClosed()).toEqual([false, true, false]);
      channel.redial();
      expect(isClosed()).toEqual([true, true, true, false]);
    });

    it('is not replaced once it is closed', () => {
      last().become(READY);
      dialer.renew();
      channel.close();
      expect([isClosed(), dialer.listeners.size]).toEqual([[true, true], 0]);
    });
  });

  it('is not made again and reports nothing once it is closed', () => {
    channel.keepConnected();
    last().become(CONNECTING);
    channel.close();
    last().become(SHUTDOWN);
    channel.redial();
    expect([dialer.channels.length, last().isClosed, redialledAfter()]).toEqual([1, true, undefined]);
    expect(states).toEqual(['CONNECTING']);
  });
});
