// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter, once } from 'node:events';
import { constants, type ClientHttp2Stream, type ServerHttp2Stream } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { Deframer } from '../wire/deframer.js';
import { frameOf } from '../wire/message.js';
import { connectionFailureOf } from '../connection-failure.js';
import type { CallEvents } from './connection.js';
import { Http2Call } from './http2-call.js';
import { grpcHeaders, ScriptedHttp2 } from './scripted-http2.fixture.js';

const ok = { 'grpc-status': '0' };

describe('a call over HTTP/2', () => {
  let peer: ScriptedHttp2;

  beforeEach(async () => {
    peer = new ScriptedHttp2();
    await peer.start(1_000);
  });
  afterEach(() => peer.close());

  const failure = async (): Promise<{ reason: string; message: string }> =>
    peer.unary().then(
      (answer) => ({ reason: 'OK', message: String(answer) }),
      (error: { reason: string; message: string }) => error,
    );

  it('has the headers of the specification, and its message with its prefix', async () => {
    let request: Record<string, unknown> = {};
    const received: Buffer[] = [];
    peer.answer = (stream, headers) => {
      request = headers;
      stream.on('data', (chunk: Buffer) => received.push(chunk));
      stream.on('end', () =>
        stream.respond({ ...grpcHeaders, 'grpc-status': '5', 'grpc-message': '100%25' }, { endStream: true }),
      );
    };
    expect(await failure()).toMatchObject({ reason: 'NOT_FOUND', message: '100%' });
    expect(request).toMatchObject({
      ...{ ':method': 'POST', ':scheme': 'http', ':path': '/test.Echo/Echo', ':authority': 'admin-vm' },
      ...{ te: 'trailers', 'content-type': 'application/grpc' },
    });
    expect(Object.keys(request).filter((key) => key.startsWith('grpc-'))).toEqual([]);
    expect(Buffer.concat(received)).toEqual(frameOf(Buffer.from('request')));
  });

  it('keeps its own bytes of what was read from the connection, not all of it', () => {
    const write = jest.spyOn(Deframer.prototype, 'write');
    const stream = new EventEmitter();
    const [events, host] = [{}, { isBroken: false, messageBytes: 1_000, ended: () => undefined }];
    new Http2Call(stream as ClientHttp2Stream, events as CallEvents, host);
    stream.emit(
      'data',
      Buffer.allocUnsafeSlow(64 * 1024)
        .fill(0)
        .subarray(1_000, 1_004),
    );
    const [chunk] = write.mock.calls[0]!;
    write.mockRestore();
    expect([chunk.length, chunk.buffer.byteLength]).toEqual([4, 4]);
  });

  it('resolves with a message that arrives in several chunks', async () => {
    const frame = frameOf(Buffer.from('an answer'));
    peer.answerWith([frame.subarray(0, 3), frame.subarray(3, 9), frame.subarray(9)], ok);
    expect(await failure()).toEqual({ reason: 'OK', message: 'an answer' });
  });

  it.each<[string, (stream: ServerHttp2Stream) => void, string, string]>([
    ['no message', (s) => s.respond({ ...grpcHeaders, ...ok }, { endStream: true }), 'UNIMPLEMENTED', 'no response'],
    [
      'a page',
      (s) => (s.respond({ ':status': 200, 'content-type': 'text/html' }), s.end('<html>')),
      'INTERNAL',
      'the server has answered with text/html, which is not gRPC',
    ],
    [
      'an HTTP status and a page',
      (s) => (s.respond({ ':status': 503, 'content-type': 'text/html' }), s.end('<html>')),
      'UNAVAILABLE',
      'the server has answered with HTTP status 503',
    ],
    [
      'an HTTP status alone',
      (s) => s.respond({ ':status': 404 }, { endStream: true }),
      'UNIMPLEMENTED',
      'the server has answered with HTTP status 404',
    ],
    [
      'an HTTP status and one of gRPC',
      (s) => s.respond({ ':status': 400, 'grpc-status': '7', 'grpc-message': 'no' }, { endStream: true }),
      'PERMISSION_DENIED',
      'no',
    ],
    [
      'headers without a status',
      (s) => s.respond(grpcHeaders, { endStream: true }),
      'INTERNAL',
      'the server has ended the call without a status',
    ],
    [
      'a message and no trailers',
      (s) => (s.respond(grpcHeaders), s.end(frameOf(Buffer.from('x')))),
      'INTERNAL',
      'the server has ended the call without a status',
    ],
    [
      'a reset with REFUSED_STREAM',
      (s) => s.close(constants.NGHTTP2_REFUSED_STREAM),
      'UNAVAILABLE',
      'the server has rejected the call',
    ],
    ['a reset with CANCEL', (s) => s.close(constants.NGHTTP2_CANCEL), 'CANCELLED', 'the server has cancelled the call'],
    [
      'a reset with ENHANCE_YOUR_CALM',
      (s) => s.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
      'RESOURCE_EXHAUSTED',
      'the server has no room for the call',
    ],
    [
      'a reset with INTERNAL_ERROR',
      (s) => s.close(constants.NGHTTP2_INTERNAL_ERROR),
      'INTERNAL',
      'the server has reset the call with code 2',
    ],
  ])('fails with the matching status when the response is %s', async (_, answer, reason, message) => {
    peer.answer = answer;
    const error = await failure();
    expect(error).toMatchObject({ reason, message });
    expect(connectionFailureOf(error as never)).toBeUndefined();
  });

  it.each<[string, Buffer, Record<string, string>, string]>([
    [
      'more than one message',
      Buffer.concat(Array(2).fill(frameOf(Buffer.from('x'))) as Buffer[]),
      ok,
      'UNIMPLEMENTED: more than one response',
    ],
    [
      'part of a message',
      frameOf(Buffer.from('whole')).subarray(0, 8),
      ok,
      'INTERNAL: the server has ended the call within a message',
    ],
    [
      'a message that is too large',
      frameOf(Buffer.alloc(1_001)),
      ok,
      'RESOURCE_EXHAUSTED: Received message larger than max (1001 vs 1000)',
    ],
    [
      'a compressed message',
      Buffer.concat([Buffer.of(1), frameOf(gzipSync('x')).subarray(1)]),
      ok,
      'INTERNAL: the server has sent a compressed message',
    ],
    [
      'a message and an error',
      frameOf(Buffer.from('x')),
      { 'grpc-status': '9', 'grpc-message': 'late' },
      'FAILED_PRECONDITION: late',
    ],
    ['an unknown status', frameOf(Buffer.from('x')), { 'grpc-status': 'x' }, 'INTERNAL: status 2'],
  ])('fails when the response is %s', async (_, data, trailers, expected) => {
    peer.answerWith([data], trailers);
    const { reason, message } = await failure();
    expect(`${reason}: ${message}`).toBe(expected);
  });

  it.each<[string, () => void]>([
    ['is cut', () => peer.sockets[0]!.destroy()],
    ['ends with an error', () => peer.sessions[0]!.destroy(undefined, constants.NGHTTP2_PROTOCOL_ERROR)],
  ])('fails with UNAVAILABLE when its connection %s before the answer', async (_, end) => {
    peer.answer = end;
    const error = await failure();
    expect(error).toMatchObject({ reason: 'UNAVAILABLE', message: 'the connection has ended before the answer' });
    expect(connectionFailureOf(error as never)).toEqual({ state: 'broken' });
  });

  it('continues after GOAWAY of the server, and the next call is on another connection', async () => {
    let first!: ServerHttp2Stream;
    const seen: number[] = [];
    peer.answer = (stream) => {
      seen.push(peer.sessions.length);
      if (seen.length === 1) first = stream;
      else stream.respond({ ...grpcHeaders, 'grpc-status': '5' }, { endStream: true });
    };
    const waiting = failure();
    while (!first) await once(peer.server, 'stream');
    const left = new Promise<void>((resolve) =>
      peer.channel.onState((state) => {
        if (state === 'IDLE') resolve();
      }),
    );
    peer.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR, first.id);
    await left;
    expect(await failure()).toMatchObject({ reason: 'NOT_FOUND' });
    first.respond({ ...grpcHeaders, 'grpc-status': '7' }, { endStream: true });
    expect(await waiting).toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(seen).toEqual([1, 2]);
  });

  it('fails with UNAVAILABLE when the server goes away before it handles the call', async () => {
    peer.answerWith([frameOf(Buffer.from('x'))], ok);
    await peer.unary();
    peer.answer = (stream) => peer.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR, stream.id! - 2);
    expect(await failure()).toMatchObject({ reason: 'UNAVAILABLE', message: 'the server has rejected the call' });
  });

  it('ends its stream with CANCEL when it is cancelled', async () => {
    const stop = new AbortController();
    const code = new Promise((resolve) => {
      peer.answer = (stream) => {
        stream.on('close', () => resolve(stream.rstCode));
        stop.abort();
      };
    });
    await expect(peer.unary({ signal: stop.signal })).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(await code).toBe(constants.NGHTTP2_CANCEL);
  });
});
