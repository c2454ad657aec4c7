import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Handshakes } from './handshakes.js';

class FakeSocket extends EventEmitter {
  isDestroyed = false;

  constructor(
    readonly remoteAddress: string | undefined,
    readonly remotePort: number | undefined,
  ) {
    super();
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

describe('the handshakes that have not ended', () => {
  let handshakes: Handshakes;
  let port: number;

  beforeEach(() => {
    handshakes = new Handshakes(2);
    port = 1;
  });

  const beginOn = (socket: FakeSocket): FakeSocket => {
    handshakes.begin(socket as unknown as Socket);
    return socket;
  };
  const begin = (address = '10.0.0.1') => beginOn(new FakeSocket(address, port++));
  const destroyed = (...sockets: FakeSocket[]) => sockets.map(({ isDestroyed }) => isDestroyed);

  it('of one address are bounded: one more ends the oldest', () => {
    const all = [begin(), begin(), begin(), begin()];
    expect(destroyed(...all)).toEqual([true, true, false, false]);
  });

  it('of another address are not ended for it', () => {
    const other = begin('10.0.0.2');
    const all = [begin(), begin(), begin()];
    expect(destroyed(other, ...all)).toEqual([false, true, false, false]);
  });

  it('make room when they have ended', () => {
    const first = begin();
    const second = begin();
    handshakes.end(first);
    const third = begin();
    expect(destroyed(first, second, third)).toEqual([false, false, false]);
    begin();
    expect(destroyed(first, second, third)).toEqual([false, true, false]);
  });

  it('make room when their connection closes', () => {
    const all = [begin(), begin()];
    all[1]!.emit('close');
    all.push(begin());
    expect(destroyed(...all)).toEqual([false, false, false]);
  });

  it('may end more than once, also when they are the last of their address', () => {
    const only = begin();
    handshakes.end(only);
    handshakes.end(only);
    only.emit('close');
    const all = [begin(), begin()];
    expect(destroyed(only, ...all)).toEqual([false, false, false]);
  });

  it('on a socket without an address or a port are not counted', () => {
    const none = [1, 2, 3].map((peer) => beginOn(new FakeSocket(undefined, peer)));
    const half = beginOn(new FakeSocket('10.0.0.1', undefined));
    const all = [...none, half, begin(), begin()];
    expect(destroyed(...all)).toEqual(Array(6).fill(false));
    for (const socket of all) handshakes.end(socket);
    expect(destroyed(...all)).toEqual(Array(6).fill(false));
  });
});
