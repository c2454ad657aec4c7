// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { Log } from '@givc/log';
import { GivcError, parseVmName, type Endpoint } from '@givc/model';
import {
  GrpcDialer,
  RpcChannel,
  type CallSettings,
  type ConnectionProblem,
  type DialOptions,
  type OutgoingBidiCall,
} from '@givc/rpc';
import { SocketClient } from './socket-client.js';
import { settled, useFakeTime } from '../../fixtures/fake-time.fixture.js';
import { FakeFrames } from './transfer.fixture.js';

/** The client's end of a call. */
class FakeCall extends FakeFrames {
  isCancelled = false;

  constructor(readonly settings: CallSettings | undefined) {
    super();
  }

  cancel(): void {
    this.isCancelled = true;
  }

  /** The peer answers, before any frame. */
  accept(halfCloses = true): void {
    const metadata = new Metadata();
    if (halfCloses) metadata.set('givc-half-close', '1');
    this.emit('metadata', metadata);
  }

  fail(error: GivcError): void {
    this.emit('error', error);
    this.sendEnd();
  }
}

/** Records the options with which channels were created. */
class RecordingDialer extends GrpcDialer {
  readonly dialled: DialOptions[] = [];

  override dial(endpoint: Endpoint, options: DialOptions) {
    this.dialled.push(options);
    return super.dial(endpoint, options);
  }
}

describe('a socket of another machine', () => {
  let folder: string;
  let path: string;
  let client: SocketClient;
  let lines: string[];
  let calls: FakeCall[];
  let sockets: Socket[];
  /** The operations on the channel, in order. */
  let events: string[];
  let probe: jest.SpyInstance;
  let dialer: RecordingDialer;

  beforeEach(async () => {
    useFakeTime();
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'proxy');
    [calls, sockets, events] = [[], [], []];
    // The next test must not get the log lines from the end of this one.
    const own: string[] = (lines = []);
    const channel = RpcChannel.prototype;
    jest.spyOn(channel, 'keepConnected').mockImplementation(() => void events.push('kept connected'));
    jest.spyOn(channel, 'redial').mockImplementation(() => void events.push('dialled again'));
    jest.spyOn(channel, 'close').mockImplementation(() => void events.push('closed'));
    probe = jest.spyOn(channel, 'unary').mockResolvedValue({});
    jest.spyOn(channel, 'duplex').mockImplementation((_, settings) => {
      const call = new FakeCall(settings);
      calls.push(call);
      return call as unknown as OutgoingBidiCall<unknown, unknown>;
    });
    client = new SocketClient(
      {
        file: { path, owner: undefined, group: undefined, mode: 0o770 },
        peer: { name: parseVmName('name', 'net-vm'), address: { protocol: 'tcp', host: '127.0.0.1', port: 9014 } },
        maxConnections: 2,
        rejectedUsers: new Set<string>(),
      },
      (dialer = new RecordingDialer(undefined)),
      undefined,
      new Log('debug', (text) => own.push(text.trimEnd()), false),
    );
    await client.listen();
  });
  afterEach(() => {
    client.close();
    for (const one of [...sockets, ...calls]) one.destroy();
    jest.useRealTimers();
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  /** A connection of a user, once its call is open. */
  const connection = async () => {
    const count = calls.length;
    const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    while (calls.length === count) await settled();
    return { socket, call: calls[count]! };
  };
  const closed = (socket: Socket) => once(socket.resume(), 'end');
  const line = (message: string, error: string) =>
    `${message} socket=${path} peer=net-vm address=127.0.0.1:9014 error=${JSON.stringify(error)}`;
  const warning = (error: string) => line('warn: socket proxy: a connection was closed', error);

  it('exists, and its channel is kept connected, before there is any connection', () => {
    expect(existsSync(path)).toBe(true);
    expect([events, calls]).toEqual([['kept connected'], []]);
  });

  it('makes a call for each connection, whose metadata says that one direction can be closed', async () => {
    const { socket, call } = await connection();
    expect(call.settings).toEqual({ metadata: { 'givc-half-close': '1' } });
    call.accept();
    socket.end('request');
    while (!call.received.includes(' (end)')) await settled();
    expect(call.received).toEqual(['request', ' (end)']);
    call.send('response', true);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('response');
    await closed(socket);
    expect(lines).toEqual([]);
  });

  it('permits 128 KiB in flight for each connection, and frames of 256 KiB', () => {
    expect(dialer.dialled).toEqual([expect.objectContaining({ windowBytes: 131_072, messageBytes: 262_144 })]);
  });

  it('treats a peer that has not answered as one that cannot close one direction', async () => {
    const { socket, call } = await connection();
    call.sendEof();
    await closed(socket);
    await settled();
    expect(call.writableEnded).toBe(true);
  });

  it.each([
    ['stays open', true, false],
    ['is closed', false, true],
  ])('%s when the peer ends, if it can close one direction: %s', async (_, halfCloses, isClosed) => {
    const { socket, call } = await connection();
    call.accept(halfCloses);
    call.sendEof();
    await closed(socket);
    await settled();
    expect(call.writableEnded).toBe(isClosed);
  });

  describe('while it has connections', () => {
    const probeMs = 3_000;
    const lost = new GivcError('DEADLINE_EXCEEDED', 'no answer');

    it('calls the health service of its peer every 3 s, with a timeout of 4 s, and not without connections', async () => {
      await jest.advanceTimersByTimeAsync(10 * probeMs);
      expect(probe).not.toHaveBeenCalled();
      const first = await connection();
      const second = await connection();
      await jest.advanceTimersByTimeAsync(probeMs - 1);
      expect(probe).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      expect(probe).toHaveBeenCalledTimes(1);
      expect(probe).toHaveBeenCalledWith(
        expect.objectContaining({ path: '/grpc.health.v1.Health/Check' }),
        { service: '' },
        { deadlineMs: 4_000 },
      );
      first.call.emit('close');
      await jest.advanceTimersByTimeAsync(probeMs);
      expect(probe).toHaveBeenCalledTimes(2);
      second.call.emit('close');
      await settled();
      await jest.advanceTimersByTimeAsync(10 * probeMs);
      expect(probe).toHaveBeenCalledTimes(2);
      expect(jest.getTimerCount()).toBe(0);
      await connection();
      await jest.advanceTimersByTimeAsync(probeMs);
      expect(probe).toHaveBeenCalledTimes(3);
    });

    it('dials again when its peer does not answer in time', async () => {
      await connection();
      probe.mockRejectedValueOnce(lost);
      await jest.advanceTimersByTimeAsync(probeMs);
      expect(events).toEqual(['kept connected', 'dialled again']);
      await jest.advanceTimersByTimeAsync(5 * probeMs);
      expect(events).toEqual(['kept connected', 'dialled again']);
    });

    it.each([
      new GivcError('UNIMPLEMENTED', 'a peer of another make'),
      new GivcError('UNAVAILABLE', 'gone'),
      new Error('DEADLINE_EXCEEDED'),
    ])('does not dial again when its peer answers anything else: %p', async (error) => {
      await connection();
      probe.mockRejectedValue(error);
      await jest.advanceTimersByTimeAsync(5 * probeMs);
      expect(events).toEqual(['kept connected']);
    });
  });

  describe('when a connection cannot be joined', () => {
    const attempt = async (message: string, problem?: ConnectionProblem) => {
      const { socket, call } = await connection();
      const cause = problem && { failure: { state: 'not-connected', problem } };
      call.fail(new GivcError('UNAVAILABLE', message, { cause }));
      await closed(socket);
      return call;
    };

    it('closes the connection, cancels its call, and logs the reason', async () => {
      const call = await attempt('no peer is there');
      expect(call.isCancelled).toBe(true);
      expect(lines).toEqual([warning('no peer is there')]);
    });

    it('logs each reason once, until a connection succeeds', async () => {
      await attempt('no service');
      await attempt('no service');
      await attempt('no connection');
      expect(lines).toEqual([warning('no service'), warning('no connection')]);
      const { call } = await connection();
      call.accept();
      await attempt('no connection');
      expect(lines).toHaveLength(3);
    });

    it('logs a machine that is missing once, although its connections fail in several ways', async () => {
      await attempt('connect EHOSTUNREACH', 'unreachable');
      await attempt('the connection is not accepted within 2 s', 'unreachable');
      await attempt('connect EHOSTUNREACH', 'unreachable');
      expect(lines).toEqual([warning('connect EHOSTUNREACH')]);
      await attempt('connect ECONNREFUSED', 'refused');
      expect(lines).toHaveLength(2);
    });

    it('closes the connection when there are too many, which is logged', async () => {
      await connection();
      await connection();
      const socket = connect(path);
      sockets.push(socket);
      await closed(socket);
      await settled();
      expect(lines).toEqual([warning('it has 2 connections already')]);
      expect(calls).toHaveLength(2);
    });

    it('logs a connection that its user has broken at debug level', async () => {
      const { call } = await connection();
      call.fail(new GivcError('ABORTED', 'the socket broke'));
      while (lines.length === 0) await settled();
      expect(lines).toEqual([line('debug: socket proxy', 'the socket broke')]);
    });
  });

  it('is removed with its agent, and its connections are closed', async () => {
    const { socket } = await connection();
    client.close();
    expect(events).toEqual(['kept connected', 'closed']);
    expect([existsSync(path), jest.getTimerCount()]).toEqual([false, 0]);
    await closed(socket);
  });
});
