// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { GivcError } from '@givc/model';
import type { ChannelState, RpcChannel, SocketPool } from '@givc/rpc';
import { PeerSockets } from './peer-sockets.js';

class FakeConnection extends EventEmitter {
  isCut = false;
  cancel = () => void (this.isCut = true);
}

describe('the sockets of a peer', () => {
  let state: ChannelState;
  let notify: (state: ChannelState) => void;
  let streams: object[];
  let outcomes: (FakeConnection | undefined | Error)[];
  let idle: FakeConnection[];
  let cuts: number;
  let dialled: number;
  let sockets: PeerSockets;

  const setUp = (hasTls = true) => {
    state = 'READY';
    [streams, outcomes, idle, dialled, cuts] = [[], [], [], 0, 0];
    const channel = {
      get state() {
        return state;
      },
      onState: (listener: typeof notify) =>
        (notify = (next) => {
          state = next;
          listener(next);
        }),
      duplex: () => {
        const stream = { isStream: true };
        streams.push(stream);
        return stream;
      },
    } as unknown as RpcChannel;
    const pool = {
      reuse: () => Promise.resolve(idle.shift()),
      dial: () => {
        dialled++;
        const outcome = outcomes.shift();
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
      cut: () => void cuts++,
      close: () => void cuts++,
    } as unknown as SocketPool;
    sockets = new PeerSockets(channel, hasTls ? pool : undefined);
  };
  const connection = (): FakeConnection => {
    const made = new FakeConnection();
    outcomes.push(made);
    return made;
  };
  const opened = async () => ((await sockets.connect()) ?? sockets.stream()) as unknown;

  it('have a connection each', async () => {
    setUp();
    const [one, other] = [connection(), connection()];
    expect([await opened(), await opened()]).toEqual([one, other]);
    expect(streams).toEqual([]);
  });

  it('are streams where there is no TLS', async () => {
    setUp(false);
    expect(await opened()).toBe(streams[0]);
    expect(dialled).toBe(0);
  });

  it('are streams when the peer speaks only HTTP/2, which is asked again once the channel has connected again', async () => {
    setUp();
    outcomes.push(undefined);
    expect(await opened()).toBe(streams[0]);
    expect(await opened()).toBe(streams[1]);
    expect(dialled).toBe(1);
    notify('IDLE');
    notify('READY');
    const made = connection();
    expect(await opened()).toBe(made);
    expect(dialled).toBe(2);
  });

  it('are a stream when a connection cannot be opened, and the next one is tried again', async () => {
    setUp();
    outcomes.push(new GivcError('UNAVAILABLE', 'too many connections'));
    expect(await opened()).toBe(streams[0]);
    const made = connection();
    expect(await opened()).toBe(made);
  });

  it.each<ChannelState>(['TRANSIENT_FAILURE', 'SHUTDOWN'])(
    'are a stream, which fails at once, while the channel has %s',
    async (failed) => {
      setUp();
      notify(failed);
      expect(await opened()).toBe(streams[0]);
      expect(dialled).toBe(0);
    },
  );

  it.each<ChannelState>(['IDLE', 'CONNECTING'])('wait for the channel while it is %s', async (attempting) => {
    setUp();
    notify(attempting);
    const made = connection();
    const open = opened();
    await Promise.resolve();
    expect(dialled).toBe(0);
    notify('READY');
    expect(await open).toBe(made);
    notify('CONNECTING');
    const failing = opened();
    notify('TRANSIENT_FAILURE');
    expect(await failing).toBe(streams[0]);
  });

  it('have an idle connection where there is one', async () => {
    setUp();
    const made = new FakeConnection();
    idle.push(made);
    expect(await opened()).toBe(made);
    expect(dialled).toBe(0);
  });

  it.each<ChannelState>(['IDLE', 'CONNECTING', 'TRANSIENT_FAILURE', 'SHUTDOWN'])(
    'are cut when the channel has lost its connection: %s',
    (lost) => {
      setUp();
      notify('READY');
      expect(cuts).toBe(0);
      notify(lost);
      expect(cuts).toBe(1);
    },
  );

  it('are cut with their agent, also those that are being opened or wait', async () => {
    setUp();
    const opening = connection();
    const pending = sockets.connect();
    sockets.close();
    await pending;
    expect([opening.isCut, cuts]).toEqual([true, 1]);
    setUp();
    notify('CONNECTING');
    const waiting = sockets.connect();
    sockets.close();
    expect(await waiting).toBeUndefined();
  });
});
