// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { GivcError, parseVmName, type Endpoint } from '@givc/model';
import type { ChannelState, RpcChannel, SocketDialer } from '@givc/rpc';
import { PeerSockets } from './peer-sockets.js';

const peer: Endpoint = {
  name: parseVmName('name', 'net-vm'),
  address: { protocol: 'tcp', host: '127.0.0.1', port: 9014 },
};

class FakeConnection extends EventEmitter {
  isCut = false;
  cancel = () => void (this.isCut = true);
}

describe('the sockets of a peer', () => {
  let state: ChannelState;
  let notify: (state: ChannelState) => void;
  let streams: object[];
  let outcomes: (FakeConnection | undefined | Error)[];
  let dialled: number;
  let sockets: PeerSockets;

  const setUp = (hasTls = true) => {
    state = 'READY';
    [streams, outcomes, dialled] = [[], [], 0];
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
    const dialer = {
      open: () => {
        dialled++;
        const outcome = outcomes.shift();
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
    } as unknown as SocketDialer;
    sockets = new PeerSockets(peer, channel, hasTls ? dialer : undefined);
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

  it.each<ChannelState>(['IDLE', 'CONNECTING', 'TRANSIENT_FAILURE', 'SHUTDOWN'])(
    'are cut when the channel has lost its connection: %s',
    async (lost) => {
      setUp();
      const [ended, open] = [connection(), connection()];
      await opened();
      await opened();
      ended.emit('close');
      notify('READY');
      expect(open.isCut).toBe(false);
      notify(lost);
      expect([ended.isCut, open.isCut]).toEqual([false, true]);
    },
  );

  it('are cut with their agent, also those that are being opened or wait', async () => {
    setUp();
    const [open, opening] = [connection(), connection()];
    await opened();
    const pending = sockets.connect();
    sockets.close();
    await pending;
    expect([open.isCut, opening.isCut]).toEqual([true, true]);
    setUp();
    notify('CONNECTING');
    const waiting = sockets.connect();
    sockets.close();
    expect(await waiting).toBeUndefined();
  });
});
