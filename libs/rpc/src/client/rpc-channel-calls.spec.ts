// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import {
  Server,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { parseEndpoint } from '@givc/model';
import { admin, policyadmin, report } from '../messages.js';
import { GrpcDialer } from './dialer.js';
import { listenInsecurely } from './insecure-server.fixture.js';
import { RpcChannel } from './rpc-channel.js';

const { queryList, watch } = admin.AdminServiceService;
const { report: reports } = report.ReportsService;
const { streamPolicy } = policyadmin.PolicyAdminService;

const channelTo = (port: number): RpcChannel => {
  const transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'admin-vm' };
  return new RpcChannel(parseEndpoint('admin', transport), new GrpcDialer(undefined));
};
const chunk = (text: string): policyadmin.StreamPolicyRequest => ({
  policy_name: 'firewall',
  policy_chunk: Buffer.from(text),
});
const failing = (code: status) => Object.assign(new Error('no'), { code, details: 'no' });

type PolicyCall = ServerReadableStream<policyadmin.StreamPolicyRequest, policyadmin.Status>;

describe('a call of a channel', () => {
  let server: Server;
  let channel: RpcChannel;
  /** The handlers of the server; by default they never answer. */
  let list: (done: sendUnaryData<admin.QueryListResponse>) => void;
  let watching: (call: ServerWritableStream<admin.Empty, admin.WatchItem>) => void;
  let policy: (call: PolicyCall, done: sendUnaryData<policyadmin.Status>) => void;
  let reporting: (call: ServerDuplexStream<report.ReportRequest, report.ReportResponse>) => void;
  /** The numbers of calls that the server has received, and of those that their caller has cancelled. */
  let [began, cancelled] = [0, 0];
  let wake: () => void;

  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve));
  };

  beforeEach(async () => {
    [began, cancelled] = [0, 0];
    wake = () => undefined;
    list = watching = policy = reporting = () => undefined;
    const counted = (call: NodeJS.EventEmitter) => {
      began++;
      call.on('cancelled', () => {
        cancelled++;
        wake();
      });
      wake();
    };
    server = new Server();
    server.addService(
      { queryList, watch, reports, streamPolicy },
      {
        queryList: (call: NodeJS.EventEmitter, done: sendUnaryData<admin.QueryListResponse>) => {
          counted(call);
          list(done);
        },
        watch: (call: ServerWritableStream<admin.Empty, admin.WatchItem>) => {
          counted(call);
          watching(call);
        },
        reports: (call: ServerDuplexStream<report.ReportRequest, report.ReportResponse>) => {
          counted(call);
          reporting(call);
        },
        streamPolicy: (call: PolicyCall, done: sendUnaryData<policyadmin.Status>) => {
          counted(call);
          policy(call, done);
        },
      },
    );
    channel = new RpcChannel(await listenInsecurely(server), new GrpcDialer(undefined));
  });
  afterEach(() => {
    channel.close();
    server.forceShutdown();
  });

  /** One message, and then none. */
  async function* first(): AsyncGenerator<policyadmin.StreamPolicyRequest> {
    yield chunk('a');
    await new Promise(() => undefined);
  }

  /** Each kind of call: resolves with its status once it has failed. */
  const kinds: [string, (signal: AbortSignal) => Promise<string>][] = [
    ['unary', (signal) => channel.unary(queryList, {}, { signal }).then(() => 'OK', reasonOf)],
    [
      'of a stream of the server',
      (signal) =>
        channel
          .serverStream(watch, {}, { signal })
          .next()
          .then(() => 'OK', reasonOf),
    ],
    [
      'of a stream of the client',
      (signal) => channel.clientStream(streamPolicy, first(), { signal }).then(() => 'OK', reasonOf),
    ],
    [
      'of both',
      (signal) => {
        const call = channel.duplex(reports, { signal }).on('error', () => undefined);
        return new Promise((resolve) => call.once('status', ({ code }: { code: number }) => resolve(status[code]!)));
      },
    ],
  ];
  const reasonOf = ({ reason }: { reason: string }): string => reason;

  describe.each(kinds)('that is %s', (_, begin) => {
    it('ends with CANCELLED on both sides when its signal is aborted', async () => {
      const stop = new AbortController();
      const outcome = begin(stop.signal);
      await until(() => began === 1);
      expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
      stop.abort();
      expect(await outcome).toBe('CANCELLED');
      await until(() => cancelled === 1);
      expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    });

    it('does not reach its server when its signal was already aborted', async () => {
      expect(await begin(AbortSignal.abort())).toBe('CANCELLED');
      list = (done) => done(null, { List: [] });
      await channel.unary(queryList, {});
      expect(began).toBe(1);
    });

    it('leaves no listener on its signal when its server has ended it', async () => {
      const { signal } = new AbortController();
      list = (done) => done(failing(status.NOT_FOUND));
      const fail = (call: NodeJS.EventEmitter) => void call.emit('error', failing(status.NOT_FOUND));
      [watching, reporting] = [fail, fail];
      policy = (_call, done) => done(failing(status.NOT_FOUND));
      expect(await begin(signal)).toBe('NOT_FOUND');
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });
  });

  it('yields the messages of a server stream in order, and ends when they are no longer iterated', async () => {
    watching = (call) => {
      for (const Name of ['a', 'b', 'c'])
        call.write({ Status: { $case: 'Removed', value: { ...admin.QueryListItem.decode(Buffer.of()), Name } } });
    };
    const items: admin.WatchItem[] = [];
    for await (const item of channel.serverStream(watch, {})) if (items.push(item) === 3) break;
    expect(items.map(({ Status }) => Status)).toMatchObject(['a', 'b', 'c'].map((Name) => ({ value: { Name } })));
    await until(() => cancelled === 1);
  });

  describe('with a stream of requests', () => {
    it('sends its messages in order, and resolves with the answer', async () => {
      let received = '';
      policy = (call, done) => {
        call.on('data', ({ policy_chunk }) => (received += Buffer.from(policy_chunk).toString()));
        call.on('end', () => done(null, { Status: 'stored' }));
      };
      expect(await channel.clientStream(streamPolicy, ['a', 'b', 'c'].map(chunk))).toMatchObject({ Status: 'stored' });
      expect(received).toBe('abc');
    });

    it('resolves with an answer before the last message, and reads no more messages', async () => {
      let isEnded = false;
      async function* endless(): AsyncGenerator<policyadmin.StreamPolicyRequest> {
        try {
          for (;;) yield await new Promise((resolve) => setImmediate(() => resolve(chunk('a'))));
        } finally {
          isEnded = true;
          wake();
        }
      }
      policy = (call, done) => call.once('data', () => done(null, { Status: 'enough' }));
      expect(await channel.clientStream(streamPolicy, endless())).toMatchObject({ Status: 'enough' });
      await until(() => isEnded);
    });

    it('fails with the status of its server', async () => {
      policy = (_call, done) => done(failing(status.RESOURCE_EXHAUSTED));
      await expect(channel.clientStream(streamPolicy, first())).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    });

    it('fails with the error of its messages, and is cancelled', async () => {
      async function* broken() {
        yield await Promise.resolve(chunk('a'));
        await until(() => began === 1);
        throw new RangeError('cannot be read');
      }
      await expect(channel.clientStream(streamPolicy, broken())).rejects.toThrow(new RangeError('cannot be read'));
      await until(() => cancelled === 1);
    });
  });

  describe('with a deadline', () => {
    it('ends when its deadline has passed without an answer', async () => {
      list = (done) => done(null, { List: [] });
      await channel.unary(queryList, {});
      list = () => undefined;
      await expect(channel.unary(queryList, {}, { deadlineMs: 1 })).rejects.toMatchObject({
        reason: 'DEADLINE_EXCEEDED',
        message: 'Deadline exceeded after 0.001s',
      });
    });

    it('fails with an error that names the missing connection', async () => {
      const sockets: Socket[] = [];
      // Accepts connections and sends nothing.
      const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const waiting = channelTo((silent.address() as AddressInfo).port);
      await expect(waiting.unary(queryList, {}, { deadlineMs: 1 })).rejects.toMatchObject({
        reason: 'DEADLINE_EXCEEDED',
        message: 'Deadline exceeded after 0.001s, waiting for a connection',
      });
      waiting.close();
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
  });
});
