// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Encoded } from './encoded.js';
import { check, RawCaller, request, watch } from './raw-caller.fixture.js';
import type { StreamingCall } from './streaming-call.js';
import type { UnaryCall } from './unary-call.js';

const kibibyte = 1024;
const bytesOf = (pieces: number) => Array.from({ length: pieces }, (_, index) => Buffer.alloc(7 * kibibyte, index));

describe('a response that is encoded already', () => {
  it('has its prefix and the bytes of all its pieces', () => {
    const [one, another] = [Buffer.from('one'), Buffer.from('another')];
    const { frame, length } = new Encoded(one, another);
    expect(frame).toEqual(Buffer.concat([Buffer.of(0, 0, 0, 0, 10), one, another]));
    expect(length).toBe(15);
    expect(new Encoded().frame).toEqual(Buffer.alloc(5));
  });

  it('keeps the pieces of a long message, and one piece of a short one', () => {
    const pieces = bytesOf(3);
    expect(new Encoded(...pieces).pieces.slice(1)).toEqual(pieces);
    expect(new Encoded(...pieces).frame).toEqual(Buffer.concat([Buffer.of(0, 0, 0, 84, 0), ...pieces]));
    expect(new Encoded(...bytesOf(2)).pieces).toHaveLength(1);
  });
});

describe('a long response that is encoded already', () => {
  const long = new Encoded(...bytesOf(100));
  let caller: RawCaller;
  let cancelled: boolean;

  beforeEach(async () => {
    caller = new RawCaller();
    cancelled = false;
    await caller.start({
      [check]: (call) => (call as UnaryCall).answer(long),
      [watch]: (call) => {
        const streaming = call as StreamingCall;
        streaming.once('cancelled', () => (cancelled = true));
        streaming.write(long);
        streaming.write(long);
        streaming.end();
      },
    });
  });
  afterEach(() => caller.close());

  it('is the whole answer of a unary call, before its status', async () => {
    const { body, trailers } = await caller.call(check, request);
    expect(body.equals(long.frame)).toBe(true);
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
  });

  it('is one message of a stream, before the next one', async () => {
    const { body, trailers } = await caller.call(watch, request);
    expect(body.equals(Buffer.concat([long.frame, long.frame]))).toBe(true);
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
  });

  it('is not cut off by the status of a deadline that expires while the caller does not read', async () => {
    const stream = caller.open(watch, { 'grpc-timeout': '1m' });
    const answer = caller.answerOf(stream);
    stream.pause().end(request);
    while (!cancelled) await caller.read();
    stream.resume();
    const { body, trailers } = await answer;
    expect(body.equals(long.frame)).toBe(true);
    expect(trailers).toMatchObject({ 'grpc-status': '4' });
  });

  it('ends with a call that its caller cancels', async () => {
    const stream = caller.open(watch);
    stream.end(request);
    await once(stream.pause(), 'response');
    stream.close();
    while (!cancelled) await caller.read();
    expect((await caller.call(check, request)).body.equals(long.frame)).toBe(true);
  });
});
