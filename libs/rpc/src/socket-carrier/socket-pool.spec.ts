// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { GivcError, parseVmName, type Endpoint } from '@givc/model';
import type { StreamFrame } from '../generated/socket/socket.js';
import { HalfOpenConnections } from '../server/half-open-connections.js';
import type { IncomingSocketCall } from '../server/incoming-socket-call.js';
import { serverLimits } from '../server/limits.js';
import { listenAt, type Listener } from '../server/listener.js';
import type { HandledRpc } from '../server/serve-call.js';
import { SocketCalls } from '../server/socket-calls.js';
import { SocketStreamService } from '../socket-stream.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import type { OutgoingSocketCall } from './outgoing-socket-call.js';
import { controlRecord, kinds, recordHeader, socketProtocol } from './records.js';
import { SocketDialer } from './socket-dialer.js';
import { SocketPool } from './socket-pool.js';

const authority = testAuthority();
const { path } = SocketStreamService.transferData;
const [open, end] = [controlRecord(kinds.open, Buffer.from(path)), controlRecord(kinds.end)];

describe('the connections to one server', () => {
  let client: TlsIdentity;
  let listener: Listener;
  let pool: SocketPool;
  let accepted: TLSSocket[];
  let clients: TLSSocket[];
  let handled: IncomingSocketCall[];
  let gate: () => void;
  /** What the server does with a call: it echoes. */
  let serve: (call: IncomingSocketCall) => void;
  let wake: () => void;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    [accepted, clients, handled] = [[], [], []];
    gate = wake = () => undefined;
    serve = (call) => {
      call.sendMetadata();
      call.on('data', (frame: StreamFrame) => call.write(frame)).resume();
    };
    const handle = (call: unknown) => {
      handled.push(call as IncomingSocketCall);
      wake();
      serve(call as IncomingSocketCall);
    };
    const calls = new SocketCalls(new Map([[path, { handle } as unknown as HandledRpc]]), {
      unused: new HalfOpenConnections(64, 12),
      gate: () => ({ open: () => gate(), rejected: () => undefined }),
      drainMs: 150,
    });
    const protocols = calls.protocols;
    listener = await listenAt(
      { protocol: 'tcp', host: '127.0.0.1', port: 0 },
      new TlsIdentity(authority.issue('net-vm')),
      serverLimits,
      new HalfOpenConnections(64, 64),
      (socket, peer) => {
        accepted.push(socket as TLSSocket);
        calls.accept(socket as TLSSocket, peer!);
        wake();
      },
      undefined,
      protocols,
    );
    client = new TlsIdentity(authority.issue('gui-vm'));
    const endpoint: Endpoint = { name: parseVmName('name', 'net-vm'), address: listener.address };
    pool = new SocketPool(endpoint, new SocketDialer(client));
  });
  afterEach(() => {
    pool.close();
    for (const socket of [...accepted, ...clients]) socket.destroy();
    listener.close();
    jest.useRealTimers();
  });

  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const dial = async (): Promise<OutgoingSocketCall> => (await pool.dial())!;
  /** Bytes go both ways, and both ends end: the connection is idle then. */
  const finish = async (call: OutgoingSocketCall) => {
    const closed = once(call, 'close');
    call.resume();
    call.end();
    await closed;
  };
  const answer = async (call: OutgoingSocketCall): Promise<string> => {
    const answered = once(call, 'data');
    call.write({ Chunk: Buffer.from('x'), Eof: false });
    call.resume();
    return String(((await answered) as [{ Chunk: Buffer }])[0].Chunk);
  };

  /** A client that writes its own records. */
  const raw = async (): Promise<TLSSocket> => {
    const socket = connect({
      ...(listener.address as { host: string; port: number }),
      ...{ secureContext: client.clientContext, servername: 'net-vm', ALPNProtocols: [socketProtocol] },
    });
    clients.push(socket.on('error', () => undefined));
    await once(socket, 'secureConnect');
    return socket;
  };

  it('carry one socket after another, each of which is a call of the server', async () => {
    const first = await dial();
    await finish(first);
    for (let n = 0; n < 20; n++) {
      const next = (await pool.reuse())!;
      expect([next === first, next.socket === first.socket]).toEqual([false, true]);
      // The call that has ended has no part in the connection any more.
      first.cancel();
      await finish(next);
    }
    expect([accepted.length, handled.length]).toEqual([1, 21]);
    expect(new Set(handled.map(({ sentStatus }) => sentStatus))).toEqual(new Set(['OK']));
  });

  it('are kept only when both ends of their socket have ended', async () => {
    serve = (call) => call.resume();
    const [cut, half] = [await dial(), await dial()];
    await until(() => handled.length === 2);
    cut.cancel();
    await once(cut, 'close');
    half.end();
    serve = (call) => call.fail(new GivcError('UNAVAILABLE', 'no service'));
    const failed = await dial();
    const failure = once(failed, 'error');
    failed.resume();
    await failure;
    expect(await pool.reuse()).toBeUndefined();
  });

  it('are one more than the sockets while these are used, made ahead for the next socket', async () => {
    const call = await dial();
    expect(await answer(call)).toBe('x');
    await until(() => accepted.length === 2);
    let ahead: OutgoingSocketCall | undefined;
    while (!(ahead = await pool.reuse())) await new Promise((resolve) => setImmediate(resolve));
    expect(await answer(ahead)).toBe('x');
    expect([accepted.length, ahead.socket === call.socket]).toEqual([2, false]);
    await until(() => accepted.length === 3);
  });

  it('are idle in a number of eight at most', async () => {
    const calls = await Promise.all(Array.from({ length: 12 }, dial));
    await Promise.all(calls.map(finish));
    expect(calls.filter(({ socket }) => socket.writableEnded)).toHaveLength(4);
  });

  it('are closed when they were idle for 30 s', async () => {
    const call = await dial();
    await finish(call);
    const closed = once(call.socket, 'close');
    await jest.advanceTimersByTimeAsync(29_999);
    expect(call.socket.writableEnded).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await closed;
    expect(await pool.reuse()).toBeUndefined();
  });

  it('are closed when the certificate of the client changes: at once, or when their socket ends', async () => {
    const [idle, used] = [await dial(), await dial()];
    await finish(idle);
    client.replace(authority.issue('gui-vm'));
    await once(idle.socket, 'close');
    expect(used.socket.destroyed).toBe(false);
    await finish(used);
    expect(used.socket.writableEnded).toBe(true);
    expect(await pool.reuse()).toBeUndefined();
  });

  it('are closed when the server ends them, or sends something that was not requested', async () => {
    const [ended, odd] = [await dial(), await dial()];
    await finish(ended);
    await finish(odd);
    const closed = Promise.all([once(ended.socket, 'close'), once(odd.socket, 'close')]);
    accepted[0]!.end();
    accepted[1]!.write('odd');
    await closed;
    expect(await pool.reuse()).toBeUndefined();
  });

  it('reject a socket with the status of the server, whose rules may have changed meanwhile', async () => {
    await finish(await dial());
    gate = () => {
      throw new GivcError('PERMISSION_DENIED', 'not any more');
    };
    const call = (await pool.reuse())!;
    const failed = once(call, 'error');
    call.resume();
    expect(await failed).toEqual([{ code: 7, details: 'not any more' }]);
    expect(handled).toHaveLength(1);
  });

  it.each([
    ['of an unknown kind', controlRecord(9 as 5)],
    ['that is a failure without a code', controlRecord(kinds.failed)],
    ['of data before the answer', Buffer.concat([recordHeader(kinds.data, 1), Buffer.from('x')])],
  ])('fail a socket to which the server answers with a record %s', async (_, record) => {
    await finish(await dial());
    serve = (call) => void call.socket.write(record);
    for (const isHeard of [false, true]) {
      const call = isHeard ? (await pool.reuse())! : await dial();
      const closed = new Promise((resolve) => void call.once('close', () => resolve(call.socket.destroyed)));
      const failed = isHeard && once(call, 'error');
      call.resume();
      if (failed) expect(await failed).toEqual([{ code: 13, details: expect.stringContaining('violates') }]);
      expect(await closed).toBe(true);
    }
  });

  it('end with an error when a client sends more behind its end', async () => {
    const socket = await raw();
    const ended = new Promise<IncomingSocketCall>((resolve) => {
      serve = (call) => {
        call.on('data', () => call.pause()).once('end', () => resolve(call));
        call.resume();
      };
    });
    socket.write(Buffer.concat([open, end]));
    const failed = once(await ended, 'error');
    socket.write(open);
    expect(await failed).toEqual([{ code: 13, details: expect.stringContaining('more after the end') }]);
  });

  it('are dead when the server does not answer to a socket within 1 s, and the other idle ones with them', async () => {
    const [one, other] = [await dial(), await dial()];
    await finish(one);
    await finish(other);
    const began = new Promise<void>((resolve) => (serve = () => resolve()));
    const reused = pool.reuse();
    await began;
    const closed = Promise.all([once(one.socket, 'close'), once(other.socket, 'close')]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await reused).toBeUndefined();
    await closed;
  });

  it('have the next call also when its first bytes come with the end of the one before', async () => {
    serve = (call) => {
      call.resume();
      call.end();
    };
    const socket = await raw();
    socket.write(open);
    await until(() => handled.length === 1);
    socket.write(Buffer.concat([end, open, end]));
    await until(() => handled.length === 2);
    const [first, second] = handled as [IncomingSocketCall, IncomingSocketCall];
    expect([first.sentStatus, first.hasClosed]).toEqual(['OK', true]);
    const closed = once(second, 'close');
    first.fail(new GivcError('UNAVAILABLE', 'too late'));
    await closed;
    expect([second.sentStatus, socket.destroyed]).toEqual(['OK', false]);
  });

  it('end with an error when a client opens a call before both ends of the one before', async () => {
    const socket = await raw();
    serve = (call) => call.resume();
    socket.write(open);
    await until(() => handled.length === 1);
    const answered = once(socket, 'data');
    socket.write(Buffer.concat([end, open]));
    const [answer] = (await answered) as [Buffer];
    expect([answer[0], answer[5], handled.length]).toEqual([kinds.failed, 13, 1]);
  });

  it('are closed by the server, the oldest first, when a client has more without a call than it may have', async () => {
    const used = await raw();
    used.write(open);
    await until(() => handled.length === 1);
    const isClosed: boolean[] = [];
    const closed: Promise<unknown>[] = [];
    for (let n = 0; n < 14; n++) {
      const socket = await raw();
      closed.push(once(socket.resume(), 'close').then(() => (isClosed[n] = true)));
      await until(() => accepted.length === n + 2);
    }
    await Promise.all(closed.slice(0, 2));
    expect([isClosed, used.destroyed]).toEqual([[true, true], false]);
  });

  it('are closed when they are cut, with those that are idle, and not kept afterwards', async () => {
    const [idle, used] = [await dial(), await dial()];
    await finish(idle);
    pool.cut();
    await Promise.all([once(idle.socket, 'close'), once(used.socket, 'close')]);
    expect(await pool.reuse()).toBeUndefined();
    await finish(await dial());
    expect(await pool.reuse()).toBeDefined();
    pool.close();
    await expect(pool.dial()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});
