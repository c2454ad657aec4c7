// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcMethodStreamingType, type MessageHandler } from '@nestjs/microservices';
import { NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { GivcError } from '@givc/model';
import type { CallChain } from './call-chain.js';
import type { CallReceiver, CallTransport } from './call-transport.js';
import { HandlerRuns } from './handler-runs.js';
import { handledRpcs } from './nest-handlers.js';
import { serveCall } from './serve-call.js';
import { rpcsOf } from './server-rpc.js';

const { NO_STREAMING, RX_STREAMING, PT_STREAMING } = GrpcMethodStreamingType;

/** An rpc of each kind: its service, its name and the type of its handler. */
const rpcs = {
  unary: ['grpc.health.v1.Health', 'Check', NO_STREAMING],
  responses: ['grpc.health.v1.Health', 'Watch', NO_STREAMING],
  requests: ['policyadmin.PolicyAdmin', 'StreamPolicy', RX_STREAMING],
  both: ['exec.Exec', 'RunCommand', PT_STREAMING],
} as const;

const settled = () => new Promise((resolve) => setImmediate(resolve));
const denied = new GivcError('PERMISSION_DENIED', 'denied');

describe('the handler of a call', () => {
  /** What happens, in order: to the call as its caller sees it, and in the chain. */
  let events: string[];
  let chain: CallChain;
  let runs: HandlerRuns;
  let fail: (error: GivcError) => void;
  const logged: unknown[] = [];

  beforeEach(() => {
    events = [];
    logged.length = 0;
    chain = {
      guards: ['first', 'second'].map((name) => ({ canActivate: () => events.push(name) > 0 })),
      interceptor: {
        intercept: (_call, request, failCall) => {
          events.push(`begins ${JSON.stringify(request)}`);
          fail = failCall;
          return (answer, message) => events.push(`ended ${answer} ${message ?? ''}`.trim());
        },
      },
    };
  });

  const transport = {
    getPath: () => '/a.B/C',
    getAuthContext: () => ({}),
    read: () => undefined,
    answer: () => events.push('answer'),
    sendMessage: (_message: unknown, sent: () => void) => {
      events.push('message');
      sent();
    },
    sendStatus: ({ code, details }: { code: number; details: string }) =>
      events.push(`status ${code} ${details}`.trim()),
  } as unknown as CallTransport;

  /** A call whose handler has this result, once that has been called. */
  async function call(kind: keyof typeof rpcs, result: () => unknown): Promise<CallReceiver> {
    const [service, rpc, streaming] = rpcs[kind];
    const pattern = JSON.stringify({ service, rpc, streaming });
    // eslint-disable-next-line @typescript-eslint/require-await -- a handler of Nest never throws
    const handler = (async () => {
      events.push('handler');
      return result();
    }) as unknown as MessageHandler;
    runs = new HandlerRuns(chain, { error: (text: unknown) => logged.push(text) });
    const handled = handledRpcs(rpcsOf(service), new Map([[pattern, handler]]), runs);
    const receiver = serveCall(handled[0]!, transport);
    if (streaming === NO_STREAMING) {
      receiver.onMessage({ service: 'x' });
      receiver.onEnd();
    }
    await settled();
    return receiver;
  }

  const begun = (kind: keyof typeof rpcs) => [
    ...['first', 'second'],
    `begins ${kind === 'unary' || kind === 'responses' ? '{"service":"x"}' : 'undefined'}`,
    'handler',
  ];

  it.each<[keyof typeof rpcs, string, () => unknown, string[]]>([
    ['unary', 'a value', () => ({}), ['answer', 'ended OK']],
    ['unary', 'an Observable of one value', () => of({}), ['answer', 'ended OK']],
    ['unary', 'an Observable of two values, of which the first counts', () => of(1, 2), ['answer', 'ended OK']],
    ['requests', 'a value', () => ({}), ['answer', 'ended OK']],
    ['responses', 'a value', () => ({}), ['ended OK', 'message', 'status 0']],
    ['responses', 'an Observable', () => of({}, {}), ['message', 'ended OK', 'message', 'status 0']],
    ['both', 'nothing', () => undefined, ['ended OK']],
    ['both', 'an Observable', () => of(), ['ended OK']],
  ])('runs behind guards and interceptor, which get its outcome: %s with %s', async (kind, _, result, expected) => {
    await call(kind, result);
    const got = events.splice(begun(kind).length);
    expect(events).toEqual(begun(kind));
    expect(got.sort()).toEqual([...expected].sort());
  });

  it.each<[string, () => unknown, string[]]>([
    ['a GivcError', () => throwError(() => denied), ['ended PERMISSION_DENIED denied', 'status 7 denied']],
    ['another error', () => Promise.reject(new TypeError('x')), ['ended INTERNAL', 'status 13 internal error']],
    ['an Observable without a value', () => of(), ['ended INTERNAL', 'status 13 internal error']],
  ])('ends its call and is recorded when it fails with %s', async (_, result, expected) => {
    await call('unary', result);
    expect(events.slice(4)).toEqual(expected);
  });

  it.each(Object.keys(rpcs) as (keyof typeof rpcs)[])(
    'is not called when a guard rejects its call: %s',
    async (kind) => {
      chain = {
        ...chain,
        guards: [
          {
            canActivate: () => {
              throw denied;
            },
          },
        ],
      };
      await call(kind, () => ({}));
      expect(events).toEqual(['status 7 denied']);
      chain = { ...chain, guards: [{ canActivate: () => false }] };
      await call(kind, () => ({}));
      expect(events.slice(1)).toEqual(['status 7 the call is not permitted']);
    },
  );

  it('is not called when the interceptor rejects its call, or has a bug, which is logged', async () => {
    const rejecting = (error: Error): CallChain['interceptor'] => ({
      intercept: () => {
        throw error;
      },
    });
    chain = { guards: [], interceptor: rejecting(denied) };
    await call('unary', () => ({}));
    expect(logged).toEqual([]);
    chain = { guards: [], interceptor: rejecting(new TypeError('a bug')) };
    await call('unary', () => ({}));
    expect(events).toEqual(['status 7 denied', 'status 13 internal error']);
    expect(logged).toEqual([expect.stringMatching(/^a guard or interceptor of \/a\.B\/C failed: TypeError: a bug\n/)]);
  });

  it.each(Object.keys(rpcs) as (keyof typeof rpcs)[])(
    'is left when the interceptor fails its call, or the server closes, before it has a result: %s',
    async (kind) => {
      const left = jest.fn();
      await call(kind, () => new Observable(() => left));
      fail(denied);
      fail(denied);
      expect([events.slice(4), left.mock.calls.length]).toEqual([
        ['ended PERMISSION_DENIED denied', 'status 7 denied'],
        1,
      ]);
      let resolve!: (value: unknown) => void;
      await call(kind, () => new Promise((resolved) => (resolve = resolved)));
      events = [];
      runs.close(new GivcError('UNAVAILABLE', 'closing'));
      runs.close(new GivcError('UNAVAILABLE', 'closing'));
      resolve(new Observable(() => left));
      await settled();
      expect([events, left.mock.calls.length]).toEqual([['ended CANCELLED', 'status 14 closing'], 1]);
    },
  );

  it('that has ended does not end again', async () => {
    await call('unary', () => ({}));
    const later = new Subject();
    await call('unary', () => later);
    later.next({});
    later.complete();
    events = [];
    runs.close(new GivcError('UNAVAILABLE', 'closing'));
    fail(denied);
    await settled();
    expect(events).toEqual([]);
  });

  it('of a stream of responses is left when the caller cancels; others continue', async () => {
    const left = jest.fn();
    (await call('responses', () => new Observable(() => left))).onCancelled();
    expect([events.slice(4), left.mock.calls.length]).toEqual([['ended CANCELLED'], 1]);
    let resolve!: (value: unknown) => void;
    (await call('responses', () => new Promise((resolved) => (resolve = resolved)))).onCancelled();
    events = [];
    resolve(new Observable(() => left));
    await settled();
    expect([events, left.mock.calls.length]).toEqual([[], 1]);
    for (const kind of ['unary', 'both'] as const) {
      events = [];
      (await call(kind, () => NEVER)).onCancelled();
      expect(events.slice(4)).toEqual([]);
    }
  });
});
