// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once, setMaxListeners } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { GivcError, parseVmName, type Endpoint } from '@givc/model';
import { OutgoingSocketCall } from '../socket-carrier/outgoing-socket-call.js';
import { controlRecord, kinds, socketProtocol } from '../socket-carrier/records.js';
import { SocketDialer } from '../socket-carrier/socket-dialer.js';
import { SocketStreamService } from '../socket-stream.js';
import type { CallError } from '../status.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import type { OpeningCall } from './call-gate.js';
import { HalfOpenConnections } from './half-open-connections.js';
import type { IncomingSocketCall } from './incoming-socket-call.js';
import { serverLimits } from './limits.js';
import { listenAt, type Listener } from './listener.js';
import type { HandledRpc } from './serve-call.js';
import { SocketCalls } from './socket-calls.js';

const authority = testAuthority();
const [server, client] = [new TlsIdentity(authority.issue('net-vm')), new TlsIdentity(authority.issue('gui-vm'))];
const { path } = SocketStreamService.transferData;
const never = new AbortController().signal;
setMaxListeners(0, never);

describe('connections that carry one socket each', () => {
  let calls: SocketCalls;
  let listener: Listener;
  let handled: IncomingSocketCall[];
  let accepted: number;
  let observed: string[];
  let gate: (call: OpeningCall) => void;
  let made: { destroy(): void }[];
  let released: TLSSocket[];
  let wake: () => void;

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    [handled, accepted, made, released] = [[], 0, [], []];
    // What the connections of a test do after its end is not the next one's.
    const own: string[] = (observed = []);
    gate = () => undefined;
    wake = () => undefined;
    const handle = (call: unknown) => {
      handled.push(call as IncomingSocketCall);
      wake();
    };
    calls = new SocketCalls(new Map([[path, { handle } as unknown as HandledRpc]]), {
      unused: new HalfOpenConnections(8, 2),
      gate: () => ({ open: (call) => gate(call), rejected: () => undefined }),
      observer: { began: (rpc) => (answer) => void own.push(`${rpc} ${answer}`) },
      drainMs: 150,
    });
    listener = await listenAt(
      { protocol: 'tcp', host: '127.0.0.1', port: 0 },
      server,
      serverLimits,
      new HalfOpenConnections(64, 64),
      (socket, peer) => {
        made.push(socket);
        accepted++;
        if (calls.speaks(socket)) calls.accept(socket, peer!);
        wake();
      },
      undefined,
      calls.protocols,
    );
  });
  afterEach(() => {
    for (const one of made) one.destroy();
    listener.close();
    jest.useRealTimers();
  });

  const endpoint = (): Endpoint => ({ name: parseVmName('name', 'net-vm'), address: listener.address });
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const connection = async (): Promise<TLSSocket> => {
    const socket = (await new SocketDialer(client).open(endpoint(), never))!;
    made.push(socket);
    return socket;
  };
  const callOver = (socket: TLSSocket) => new OutgoingSocketCall(socket, path, (one) => void released.push(one));
  const dial = async (): Promise<OutgoingSocketCall> => callOver(await connection());
  /** A client that writes its own records. */
  const raw = async (protocols = [socketProtocol]): Promise<TLSSocket> => {
    const { address } = listener;
    const socket = connect({
      ...(address.protocol === 'tcp' && { host: address.host, port: address.port }),
      ...{ secureContext: client.clientContext, servername: 'net-vm', ALPNProtocols: protocols },
    });
    made.push(socket.on('error', () => undefined));
    await once(socket, 'secureConnect');
    return socket;
  };
  const failure = async (call: OutgoingSocketCall): Promise<CallError> => {
    const failed = once(call, 'error');
    call.resume();
    return ((await failed) as [CallError])[0];
  };

  it('are handled as calls of their rpc, by the certificate and the address of their caller', async () => {
    const call = await dial();
    await until(() => handled.length > 0);
    const [incoming] = handled as [IncomingSocketCall];
    expect([incoming.getPath(), incoming.cancelled, incoming.getDeadline()]).toEqual([path, false, Infinity]);
    expect(incoming.getAuthContext().sslPeerCertificate.subjectaltname).toContain('DNS:gui-vm');
    expect(incoming.getPeer()).toMatch(/^127\.0\.0\.1:\d+$/);
    const metadata = once(call, 'metadata');
    incoming.sendMetadata();
    call.resume();
    const [value] = (await metadata) as [{ get(key: string): unknown[] }];
    expect(value.get('givc-half-close')).toEqual(['1']);
  });

  it('carry what was written before they were accepted, and end in each direction by itself', async () => {
    const call = await dial();
    call.write({ Chunk: Buffer.from('early'), Eof: true });
    await until(() => handled.length > 0);
    const [incoming] = handled as [IncomingSocketCall];
    const frames: string[] = [];
    incoming.on('data', ({ Chunk, Eof }) => frames.push(`${Chunk}${Eof ? ' (end)' : ''}`));
    const ended = once(incoming, 'end');
    incoming.resume();
    await ended;
    expect(frames).toEqual(['early', ' (end)']);
    const answers: string[] = [];
    call.on('data', ({ Chunk }) => answers.push(`${Chunk}`));
    const closed = Promise.all([once(call, 'close'), once(incoming, 'close')]);
    call.resume();
    incoming.sendMetadata();
    incoming.write({ Chunk: Buffer.from('late'), Eof: true });
    await closed;
    expect([answers.join(''), incoming.cancelled]).toEqual(['late', false]);
    expect(observed).toEqual(['socketproxy.SocketStream/TransferData OK']);
  });

  it('keep what was read for a slow reader, also when both ends have closed the connection meanwhile', async () => {
    const call = await dial();
    call.write({ Chunk: Buffer.from('request'), Eof: true });
    await until(() => handled.length > 0);
    const [incoming] = handled as [IncomingSocketCall];
    incoming.resume();
    // All of it arrives at once.
    incoming.socket.cork();
    incoming.sendMetadata();
    for (const text of ['a', 'b', 'c']) incoming.write({ Chunk: Buffer.from(text), Eof: text === 'c' });
    incoming.socket.uncork();
    const events: string[] = [];
    call.on('data', ({ Chunk, Eof }) => {
      events.push(Eof ? 'Eof' : `${Chunk}`);
      call.pause();
    });
    for (const event of ['end', 'close']) call.on(event, () => events.push(event));
    call.resume();
    await once(incoming, 'close');
    incoming.socket.destroySoon();
    await once(call.socket, 'end');
    expect(events).toEqual(['a']);
    expect(released).toEqual([]);
    for (let n = 0; n < 4; n++) call.resume();
    expect(events).toEqual(['a', 'b', 'c', 'Eof', 'end', 'close']);
  });

  it('are offered only where their rpc has a handler', async () => {
    expect(calls.protocols).toEqual([socketProtocol, 'h2']);
    expect(
      new SocketCalls(new Map(), { unused: new HalfOpenConnections(1, 1), gate: () => undefined, drainMs: 1 })
        .protocols,
    ).toEqual(['h2']);
    expect((await raw(['h2'])).alpnProtocol).toBe('h2');
    expect((await raw(['h2', socketProtocol])).alpnProtocol).toBe(socketProtocol);
  });

  it('are rejected by the gate before their handler, and the caller gets its status', async () => {
    gate = (call) => {
      throw new GivcError('PERMISSION_DENIED', `not ${call.getPath()}`);
    };
    expect(await failure(await dial())).toEqual({ code: 7, details: `not ${path}` });
    expect(handled).toEqual([]);
    while (observed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(observed).toEqual(['socketproxy.SocketStream/TransferData PERMISSION_DENIED']);
  });

  it('are UNIMPLEMENTED for another rpc', async () => {
    const socket = await raw();
    const answered = once(socket, 'data');
    socket.write(controlRecord(kinds.open, Buffer.from('/exec.Exec/RunCommand')));
    const [answer] = (await answered) as [Buffer];
    expect([answer[0], answer[5], handled.length]).toEqual([kinds.failed, 12, 0]);
  });

  it('end with an error for the caller when it violates their protocol', async () => {
    const socket = await raw();
    const answered = once(socket, 'data');
    socket.write('PRI * HTTP/2.0\r\n\r\n');
    const [answer] = (await answered) as [Buffer];
    expect([answer[0], answer[5]]).toEqual([kinds.failed, 13]);
    expect(answer.toString()).toContain('violates the protocol');
    await once(socket.resume(), 'close');
  });

  it('are closed when their caller does not name its call within 60 s', async () => {
    const [silent, slow] = [await raw(), await raw()];
    slow.write(controlRecord(kinds.open, Buffer.from(path)).subarray(0, 8));
    await until(() => accepted === 2);
    const cut = Promise.all([once(silent.resume(), 'close'), once(slow.resume(), 'close')]);
    await jest.advanceTimersByTimeAsync(60_000);
    await cut;
    expect(handled).toEqual([]);
  });

  it('fail with the status of their handler, which the caller has 5 s to read', async () => {
    const call = await dial();
    await until(() => handled.length > 0);
    const [incoming] = handled as [IncomingSocketCall];
    incoming.sendMetadata();
    incoming.fail({ code: 14, details: 'the server is shutting down' });
    expect(await failure(call)).toEqual({ code: 14, details: 'the server is shutting down' });
    expect(incoming.cancelled).toBe(false);
    const other = await raw();
    other.write(controlRecord(kinds.open, Buffer.from(path)));
    await until(() => handled.length > 1);
    other.pause();
    handled[1]!.write({ Chunk: Buffer.alloc(16 * 1024 * 1024), Eof: false });
    handled[1]!.fail({ code: 14, details: 'unread' });
    const closed = once(handled[1]!, 'close');
    await jest.advanceTimersByTimeAsync(5_000);
    await closed;
  });

  it('report to their handler that the caller has closed them, with the end of TLS or without', async () => {
    for (const end of [(socket: TLSSocket) => socket.end(), (socket: TLSSocket) => socket.destroy()]) {
      const count = handled.length;
      const socket = await raw();
      socket.write(controlRecord(kinds.open, Buffer.from(path)));
      await until(() => handled.length > count);
      const incoming = handled[count]!;
      const cancelled = once(incoming, 'cancelled');
      incoming.resume();
      end(socket);
      await cancelled;
      expect(incoming.cancelled).toBe(true);
    }
  });

  it('are closed when the last HTTP/2 connection of a peer has ended', async () => {
    const [first, last] = [calls.follow('gui-vm'), calls.follow('gui-vm')];
    const other = calls.follow('other-vm');
    const call = await dial();
    await until(() => handled.length > 0);
    other();
    first();
    expect(handled[0]!.socket.destroyed).toBe(false);
    const closed = once(call, 'close');
    call.resume();
    last();
    await closed;
  });

  it('are cut when the server closes, after 150 ms', async () => {
    const call = await dial();
    await until(() => handled.length > 0);
    call.resume();
    const closed = calls.close();
    expect(handled[0]!.socket.destroyed).toBe(false);
    await jest.advanceTimersByTimeAsync(150);
    await closed;
  });

  it('are opened at most sixteen at a time, because servers limit the handshakes of one address', async () => {
    const dialer = new SocketDialer(client);
    const opened = Array.from({ length: 100 }, async () => callOver((await dialer.open(endpoint(), never))!));
    made.push(...(await Promise.all(opened)));
    await until(() => handled.length === 100);
  });

  it('are not opened to a server with another name, or once the signal is aborted', async () => {
    const wrong = { ...endpoint(), name: parseVmName('name', 'chrome-vm') };
    await expect(new SocketDialer(client).open(wrong, never)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await expect(new SocketDialer(client).open(endpoint(), AbortSignal.abort())).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
    });
  });
});
