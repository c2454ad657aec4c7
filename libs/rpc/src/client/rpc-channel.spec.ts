// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Server, status, type sendUnaryData } from '@grpc/grpc-js';
import { admin, report } from '../messages.js';
import { GrpcDialer } from './dialer.js';
import { listenInsecurely } from './insecure-server.fixture.js';
import { RpcChannel } from './rpc-channel.js';

const { queryList, watch } = admin.AdminServiceService;
const { report: reports } = report.ReportsService;

describe('a channel', () => {
  let server: Server;
  let channel: RpcChannel;
  /** Resolves once this number of calls has arrived; they are never answered. */
  let arrived: (count: number) => Promise<void>;

  beforeEach(async () => {
    let count = 0;
    let wake = () => {};
    const keepWaiting = () => {
      count++;
      wake();
    };
    arrived = async (wanted) => {
      while (count < wanted) await new Promise<void>((resolve) => (wake = resolve));
    };
    server = new Server();
    server.addService(
      { queryList, watch, reports },
      { queryList: keepWaiting, watch: keepWaiting, reports: keepWaiting },
    );
    channel = new RpcChannel(await listenInsecurely(server), new GrpcDialer(undefined));
  });
  afterEach(() => {
    channel.close();
    server.forceShutdown();
    jest.useRealTimers();
  });

  it.each([
    ['dialled again', () => channel.redial()],
    ['closed', () => channel.close()],
  ])('leaves no call open on the previous connection when it is %s', async (_, leave) => {
    const asked = channel.unary(queryList, {});
    const next = channel.serverStream(watch, {}).next();
    const stream = channel.duplex(reports);
    const ended = new Promise<number>((resolve) => {
      stream.on('error', () => undefined).on('status', ({ code }: { code: number }) => resolve(code));
    });
    const outcomes = Promise.all([
      expect(asked).rejects.toMatchObject({ reason: 'CANCELLED' }),
      expect(next).rejects.toMatchObject({ reason: 'CANCELLED' }),
      expect(ended).resolves.toBe(status.CANCELLED),
    ]);
    await arrived(3);
    leave();
    await outcomes;
  });

  it('keeps an idle connection open for a day', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const states: string[] = [];
    const ready = new Promise<void>((resolve) =>
      channel.onState((state) => {
        states.push(state);
        if (state === 'READY') resolve();
      }),
    );
    channel.keepConnected();
    await ready;
    jest.advanceTimersByTime(24 * 60 * 60 * 1_000);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(states.slice(0, 3)).toEqual(['CONNECTING', 'READY']);
  });

  it('serves the calls that follow a redial', async () => {
    const before = channel.unary(queryList, {});
    const cancelled = expect(before).rejects.toMatchObject({ reason: 'CANCELLED' });
    await arrived(1);
    channel.redial();
    await cancelled;
    server.removeService({ queryList, watch, reports });
    server.addService(
      { queryList },
      { queryList: (_: unknown, done: sendUnaryData<admin.QueryListResponse>) => done(null, { List: [] }) },
    );
    await expect(channel.unary(queryList, {})).resolves.toEqual({ List: [] });
  });

  it('fails calls with UNAVAILABLE when it has never been connected', async () => {
    const waiting = channel.unary(queryList, {});
    channel.redial();
    await expect(waiting).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});
