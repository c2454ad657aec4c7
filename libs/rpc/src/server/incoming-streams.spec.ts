// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { frameOf } from '../wire/message.js';
import { Metadata } from '../wire/metadata.js';
import { status } from '../wire/status-codes.js';
import { check, RawCaller, request, serving, watch } from './raw-caller.fixture.js';

describe('a stream of a caller', () => {
  let caller: RawCaller;
  beforeEach(() => {
    caller = new RawCaller();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await caller.close();
  });

  it('is answered by headers, a message and the trailers of gRPC', async () => {
    const requests: unknown[] = [];
    await caller.start({
      [check]: (incoming, asked) => {
        requests.push(asked);
        incoming.answer({ status: 1 });
      },
    });
    const { headers, trailers, body } = await caller.call(check, request);
    expect(requests).toEqual([{ service: 'x' }]);
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-accept-encoding': 'identity',
    });
    expect(body).toEqual(serving);
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
    expect(trailers).not.toHaveProperty('grpc-message');
  });

  it('has only headers when the call fails, with the status, its text and its metadata', async () => {
    const metadata = new Metadata();
    metadata.set('a-key', 'a value');
    await caller.start({
      [check]: (incoming) => incoming.fail({ code: status.NOT_FOUND, details: 'no ü: 100 %: ', metadata }),
    });
    const { headers, trailers, body } = await caller.call(check, request);
    expect(headers).toMatchObject({
      ':status': 200,
      'grpc-status': '5',
      'grpc-message': 'no %C3%BC: 100 %25:%20',
      'a-key': 'a value',
    });
    expect([trailers, body.length]).toEqual([undefined, 0]);
  });

  it.each([
    ['is no gRPC', check, { 'content-type': 'text/plain' }, { ':status': 415 }],
    ['has messages of another format', check, { 'content-type': 'application/grpc+json' }, { ':status': 415 }],
    ['has the format of a browser', check, { 'content-type': 'application/grpc-web' }, { ':status': 415 }],
    ['is of an rpc without a handler', watch, {}, { 'grpc-status': '12' }],
    ['is of an unknown rpc', '/no.Service/Rpc', {}, { 'grpc-status': '12' }],
    ['is no request of gRPC', check, { ':method': 'PUT' }, { 'grpc-status': '12' }],
    ['has a time limit that is none', check, { 'grpc-timeout': '1 s' }, { 'grpc-status': '13' }],
  ])('is rejected before its handler runs when it %s', async (_, rpc, headers, expected) => {
    const handled = jest.fn();
    await caller.start({ [check]: handled });
    expect((await caller.call(rpc, request, headers)).headers).toMatchObject(expected);
    expect(handled).not.toHaveBeenCalled();
  });

  it.each(['application/grpc', 'application/grpc+proto', 'application/grpc;charset=utf-8'])(
    'is of gRPC with the content type %s',
    async (type) => {
      await caller.start({ [check]: (incoming) => incoming.answer({ status: 1 }) });
      expect((await caller.call(check, request, { 'content-type': type })).trailers).toMatchObject({
        'grpc-status': '0',
      });
    },
  );

  it.each([
    ['without a request', undefined, 'UNIMPLEMENTED', /^no request message/],
    ['with two requests', Buffer.concat([request, request]), 'UNIMPLEMENTED', /^too many request messages/],
    ['with a compressed request', Buffer.concat([Buffer.of(1), request.subarray(1)]), 'UNIMPLEMENTED', /compressed/],
    ['with a request that is no message', frameOf(Buffer.of(0xff)), 'INTERNAL', /^Error deserializing request/],
  ] as const)(
    'is rejected before its handler runs when its rpc has one request and it comes %s',
    async (_, bytes, code, message) => {
      const handled = jest.fn();
      await caller.start({ [check]: handled });
      const { headers } = await caller.call(check, bytes);
      expect(headers).toMatchObject({
        'grpc-status': String(status[code]),
        'grpc-message': expect.stringMatching(message),
        'grpc-accept-encoding': 'identity',
      });
      expect(handled).not.toHaveBeenCalled();
    },
  );

  it('may send its request in pieces', async () => {
    let asked: unknown;
    await caller.start({
      [check]: (incoming, got) => {
        asked = got;
        incoming.answer({ status: 1 });
      },
    });
    const stream = caller.open(check);
    for (const byte of request) {
      stream.write(Buffer.of(byte));
      await caller.read();
    }
    stream.end();
    expect((await caller.answerOf(stream)).trailers).toMatchObject({ 'grpc-status': '0' });
    expect(asked).toEqual({ service: 'x' });
  });

  it('ends with INTERNAL when the response cannot be encoded', async () => {
    await caller.start({ [check]: (incoming) => incoming.answer({ status: 'x' }) });
    expect((await caller.call(check, request)).headers).toMatchObject({ 'grpc-status': '13' });
  });
});
