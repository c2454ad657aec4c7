import { EventEmitter, once } from 'node:events';
import { connect as connectHttp2, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { PeerTurns } from './peer-turns.js';

/** A connection of which it is known whether it is read. */
class StandInSession extends EventEmitter {
  isRead = true;
  destroyed = false;
  readonly socket = {
    _handle: { readStop: () => (this.isRead = false), readStart: () => (this.isRead = true) },
  };

  open(calls: number): void {
    for (let n = 0; n < calls; n++) this.emit('stream');
  }
}

describe('the turns of peers', () => {
  let turns: PeerTurns;
  const connect = (peer: string): StandInSession => {
    const session = new StandInSession();
    turns.follow(session as unknown as ServerHttp2Session, peer);
    return session;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => (turns = new PeerTurns()));

  it('end for all connections of a peer when it has opened 64 calls over them, and only for it', async () => {
    const [one, two, other] = [connect('a'), connect('a'), connect('b')];
    one.open(40);
    other.open(63);
    two.open(23);
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([true, true, true]);
    one.open(1);
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([false, false, true]);
    expect(connect('a').isRead).toBe(false);
    await turn();
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([true, true, true]);
  });

  it('begin with no calls', async () => {
    const session = connect('a');
    session.open(63);
    await turn();
    session.open(63);
    expect(session.isRead).toBe(true);
    session.open(1);
    expect(session.isRead).toBe(false);
    await turn();
    expect(session.isRead).toBe(true);
  });

  it('leave a connection alone that has ended meanwhile', async () => {
    const [ended, destroyed] = [connect('a'), connect('a')];
    ended.open(64);
    ended.emit('close');
    destroyed.destroyed = true;
    await turn();
    expect([ended.isRead, destroyed.isRead]).toEqual([false, false]);
  });

  it('end and begin by what Node reads a connection with', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [session] = (await once(server, 'session')) as [ServerHttp2Session];
    turns.follow(session, 'a');
    const { _handle: handle } = session.socket as unknown as { _handle: { readStop(): void; readStart(): void } };
    const [stop, start] = [jest.spyOn(handle, 'readStop'), jest.spyOn(handle, 'readStart')];
    server.on('stream', (stream) => void stream.respond({}, { endStream: true }));
    await Promise.all(Array.from({ length: 640 }, () => once(client.request({}).resume(), 'close')));
    expect(stop).toHaveBeenCalled();
    expect(start).toHaveBeenCalledTimes(stop.mock.calls.length);
    client.destroy();
    server.close();
    await once(server, 'close');
  });
});
