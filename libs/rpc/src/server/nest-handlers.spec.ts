// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcMethodStreamingType, type MessageHandler } from '@nestjs/microservices';
import { Observable, of, Subject } from 'rxjs';
import { GivcError } from '@givc/model';
import type { CallTransport } from './call-transport.js';
import { handledRpcs } from './nest-handlers.js';
import { serveCall } from './serve-call.js';
import { rpcsOf } from './server-rpc.js';

const service = 'grpc.health.v1.Health';

describe('a call of a server that closes', () => {
  let closing: Subject<never>;
  let ends: string[];
  beforeEach(() => {
    closing = new Subject();
    ends = [];
  });

  const transport = {
    getPath: () => '',
    read: () => undefined,
    answer: () => ends.push('answer'),
    sendMessage: () => ends.push('message'),
    sendStatus: ({ details }: { details: string }) => ends.push(details),
  } as unknown as CallTransport;

  /** Calls an rpc whose handler has this result; resolves when the handler has been called. */
  async function call(rpc: 'Check' | 'Watch', result: Observable<unknown>): Promise<void> {
    const pattern = JSON.stringify({ service, rpc, streaming: GrpcMethodStreamingType.NO_STREAMING });
    const handler = (() => Promise.resolve(result)) as MessageHandler;
    const [handled] = handledRpcs(rpcsOf(service), new Map([[pattern, handler]]), closing);
    const receiver = serveCall(handled!, transport);
    receiver.onMessage({});
    receiver.onEnd();
    await new Promise((resolve) => setImmediate(resolve));
  }

  const close = () => closing.error(new GivcError('UNAVAILABLE', 'the server is shutting down'));
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it.each(['Check', 'Watch'] as const)('ends with the error of the close, and its handler is left: %s', async (rpc) => {
    const left = jest.fn();
    await call(rpc, new Observable(() => left));
    expect([ends, left.mock.calls.length]).toEqual([[], 0]);
    close();
    await settled();
    expect([ends, left.mock.calls.length]).toEqual([['the server is shutting down'], 1]);
  });

  it('that has been answered before does not end again', async () => {
    await call('Check', of({}));
    const later = new Subject();
    await call('Check', later);
    later.next({});
    later.complete();
    close();
    await settled();
    expect(ends).toEqual(['answer', 'answer']);
    expect(closing.observed).toBe(false);
  });
});
