// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { HalfOpenConnections } from './half-open-connections.js';

class FakeSocket extends EventEmitter {
  isDestroyed = false;
  readonly localAddress = '10.0.0.100';
  readonly localPort = 9001;

  constructor(
    public remoteAddress: string | undefined,
    readonly remotePort: number | undefined,
  ) {
    super();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.remoteAddress = undefined;
  }
}

describe('half-open connections', () => {
  let pool: HalfOpenConnections;
  let port: number;

  beforeEach(() => {
    pool = new HalfOpenConnections(5, 2);
    port = 1;
  });

  const beginOn = (socket: FakeSocket, key = 'a'): FakeSocket => {
    pool.begin(socket as unknown as Socket, key);
    return socket;
  };
  const begin = (key = 'a') => beginOn(new FakeSocket('10.0.0.1', port++), key);
  const end = (socket: FakeSocket) => pool.end(socket);
  const destroyed = (...sockets: FakeSocket[]) => sockets.map(({ isDestroyed }) => isDestroyed);

  it('are limited for each origin: one more closes the oldest', () => {
    const all = [begin(), begin(), begin(), begin()];
    expect(destroyed(...all)).toEqual([true, true, false, false]);
  });

  it('are not closed for another origin', () => {
    const other = begin('b');
    const all = [begin(), begin(), begin()];
    expect(destroyed(other, ...all)).toEqual([false, true, false, false]);
  });

  it('are limited in total: one more closes the oldest of the origin with the most', () => {
    const all = [begin('a'), begin('b'), begin('b'), begin('c'), begin('c'), begin('d'), begin('e')];
    expect(destroyed(...all)).toEqual([false, true, false, true, false, false, false]);
  });

  it('are closed from the oldest on when all origins have the same number', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(begin);
    expect(destroyed(...all)).toEqual([true, true, false, false, false, false, false]);
  });

  it('leave room for a caller with one, however many the others open before it is done', () => {
    pool = new HalfOpenConnections(256, 64);
    const others = Array.from({ length: 40 }, (_, index) => `10.0.1.${index}`);
    const crowd = Array.from({ length: 1_000 }, (_, index) => begin(others[index % 40]));
    const honest = begin('10.0.0.2');
    crowd.push(...Array.from({ length: 2_100 }, (_, index) => begin(others[index % 40])));
    expect(honest.isDestroyed).toBe(false);
    expect(crowd.filter(({ isDestroyed }) => !isDestroyed)).toHaveLength(255);
  });

  it('make room when they are established', () => {
    const first = begin();
    const second = begin();
    end(first);
    const third = begin();
    expect(destroyed(first, second, third)).toEqual([false, false, false]);
    begin();
    expect(destroyed(first, second, third)).toEqual([false, true, false]);
  });

  it('make room when they close, although they have no address then', () => {
    const all = [begin(), begin()];
    all[1]!.remoteAddress = undefined;
    all[1]!.emit('close');
    all.push(begin());
    expect(destroyed(...all)).toEqual([false, false, false]);
  });

  it('may end more than once, also when they are the last of their origin', () => {
    const only = begin();
    end(only);
    end(only);
    only.emit('close');
    const all = [begin(), begin()];
    expect(destroyed(only, ...all)).toEqual([false, false, false]);
  });

  it('are not counted when the socket has no address or port', () => {
    const none = [1, 2, 3].map((peer) => beginOn(new FakeSocket(undefined, peer)));
    const half = beginOn(new FakeSocket('10.0.0.1', undefined));
    const all = [...none, half, begin(), begin()];
    expect(destroyed(...all)).toEqual(Array(6).fill(false));
    for (const socket of all) end(socket);
    expect(destroyed(...all)).toEqual(Array(6).fill(false));
  });
});
