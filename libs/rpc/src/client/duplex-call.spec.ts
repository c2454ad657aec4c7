// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { GrpcDialer } from './dialer.js';
import { RpcChannel } from './rpc-channel.js';
import { limitReadAhead } from '../node/read-ahead.js';
import type { Metadata } from '../wire/metadata.js';
import { frameOf } from '../wire/message.js';
import { echo, grpcHeaders, ScriptedHttp2 } from './scripted-http2.fixture.js';

const frame = (text: string) => frameOf(Buffer.from(text));

describe('a call in which both sides stream', () => {
  let peer: ScriptedHttp2;
  let opened: Promise<ServerHttp2Stream>;

  beforeEach(async () => {
    peer = new ScriptedHttp2();
    await peer.start();
    opened = new Promise((resolve) => (peer.answer = resolve));
  });
  afterEach(() => peer.close());

  const endWith = (stream: ServerHttp2Stream, trailers: Record<string, string>) => {
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end();
  };
  const respond = (stream: ServerHttp2Stream, headers: object = {}) =>
    stream.respond({ ...grpcHeaders, ...headers }, { waitForTrailers: true });

  it('sends what was written before there was a connection, in order, and its end', async () => {
    const call = peer.duplex();
    call.on('error', () => undefined);
    for (const text of ['a', 'b']) call.write(Buffer.from(text));
    call.end(Buffer.from('c'));
    const received: Buffer[] = [];
    for await (const chunk of await opened) received.push(chunk as Buffer);
    expect(Buffer.concat(received)).toEqual(Buffer.concat(['a', 'b', 'c'].map(frame)));
  });

  it('emits the metadata of the server, its messages, its end and its status', async () => {
    const call = peer.duplex();
    const events: unknown[] = [];
    call.on('metadata', (metadata: Metadata) => events.push(metadata.get('givc-half-close')));
    call.on('data', (message: Buffer) => events.push(String(message)));
    call.on('end', () => events.push('end'));
    const status = once(call, 'status');
    const stream = await opened;
    respond(stream, { 'givc-half-close': '1' });
    stream.write(Buffer.concat([frame('a'), frame('b')]));
    endWith(stream, { 'grpc-status': '0' });
    expect(await status).toMatchObject([{ code: 0 }]);
    if (!events.includes('end')) await once(call, 'end');
    expect(events).toEqual([['1'], 'a', 'b', 'end']);
  });

  it('reads no more messages ahead than it may, and lets the server wait', async () => {
    const call = peer.duplex();
    limitReadAhead(call, 1);
    const stream = await opened;
    respond(stream);
    const [message, count] = [frame('x'.repeat(1_019)), 1_000];
    let written = 0;
    const write = () => {
      while (written < count && stream.write(message)) written++;
    };
    stream.on('drain', write);
    write();
    await once(call, 'readable');
    // The settings of the window are 64 KiB; more than that and what Node buffers is not taken from the server.
    await new Promise<void>((resolve) => void peer.sessions[0]!.ping(() => resolve()));
    expect(call.readableLength).toBeLessThanOrEqual(2);
    expect(written).toBeLessThan(200);
    let read = 0;
    call.on('data', () => read++);
    while (read < 900) await once(call, 'data');
    call.cancel();
    call.on('error', () => undefined);
  });

  it('keeps the writer waiting while the server does not read', async () => {
    const call = peer.duplex();
    await opened;
    let sent = 0;
    const message = Buffer.alloc(30_000);
    while (call.write(message, () => sent++));
    await new Promise<void>((resolve) => void peer.sessions[0]!.ping(() => resolve()));
    expect(sent * message.length).toBeLessThan(65_536);
    expect(call.writableNeedDrain).toBe(true);
    const drained = once(call, 'drain');
    (await opened).resume();
    await drained;
    call.on('error', () => undefined).cancel();
  });

  it('sends PING frames once there is a connection, and reports each acknowledgement until its end', async () => {
    const call = peer.duplex();
    call.on('error', () => undefined);
    const answers: string[] = [];
    call.ping(() => answers.push('before there was a connection'));
    await opened;
    await new Promise<void>((resolve) => call.ping(resolve));
    call.ping(() => answers.push('after the end'));
    call.cancel();
    call.ping(() => answers.push('of an ended call'));
    const other = peer.duplex().on('error', () => undefined);
    await new Promise<void>((resolve) => other.ping(resolve));
    expect(answers).toEqual([]);
    peer.sessions[0]!.destroy();
    await new Promise((resolve) => other.once('status', resolve));
    other.ping(() => answers.push('of a lost connection'));
    expect(answers).toEqual([]);
  });

  it('reports a failure at once, and still passes on what was read ahead', async () => {
    const call = peer.duplex();
    const stream = await opened;
    respond(stream);
    stream.write(frame('a'));
    await once(call, 'readable');
    const failed = once(call, 'error');
    endWith(stream, { 'grpc-status': '8', 'grpc-message': 'enough' });
    expect(await failed).toMatchObject([{ code: 8, details: 'enough' }]);
    const left: string[] = [];
    for await (const message of call) left.push(String(message));
    expect(left).toEqual(['a']);
  });

  it('calls back the writer when the call has ended, and drops what is written afterwards', async () => {
    const call = peer.duplex().on('error', () => undefined);
    const stream = await opened;
    const written = new Promise<void>((resolve) => call.write(Buffer.alloc(1_000_000), () => resolve()));
    stream.respond({ ...grpcHeaders, 'grpc-status': '7' }, { endStream: true });
    await written;
    await new Promise<void>((resolve) => call.write(Buffer.from('x'), () => resolve()));
  });

  it('calls back the writer when there is no connection', async () => {
    const endpoint = { ...peer.endpoint, address: { protocol: 'unix', path: '/nonexistent' } } as const;
    const channel = new RpcChannel(endpoint, new GrpcDialer(undefined));
    const call = channel.duplex(echo).on('error', () => undefined);
    for (const text of ['a', 'b']) await new Promise<void>((resolve) => call.write(Buffer.from(text), () => resolve()));
    channel.close();
  });

  it('is cancelled when it is destroyed, and fails with the given error', async () => {
    const call = peer.duplex();
    const stream = await opened;
    const aborted = once(stream, 'close');
    const failed = once(call, 'error');
    call.destroy(new RangeError('stdin'));
    expect(await failed).toEqual([new RangeError('stdin')]);
    await aborted;
    expect(stream.rstCode).toBe(8);
  });

  it('ends both sides when the server ends it before the client', async () => {
    const call = peer.duplex();
    call.resume();
    const stream = await opened;
    // Otherwise Node closes a stream that its server does not read.
    stream.resume();
    respond(stream);
    const closed = once(stream, 'close');
    endWith(stream, { 'grpc-status': '0' });
    await closed;
    expect(stream.rstCode).toBe(0);
  });
});

describe('a call in which the client streams', () => {
  it.each([
    [0, 'UNIMPLEMENTED: no response'],
    [1, 'OK'],
    [2, 'UNIMPLEMENTED: more than one response'],
  ])('with %d responses ends with %s', async (count, expected) => {
    const peer = new ScriptedHttp2();
    await peer.start();
    peer.answerWith(Array<Buffer>(count).fill(frame('x')), { 'grpc-status': '0' });
    const outcome = await peer.channel.clientStream(echo, [Buffer.from('a')]).then(
      () => 'OK',
      ({ reason, message }: { reason: string; message: string }) => `${reason}: ${message}`,
    );
    peer.close();
    expect(outcome).toBe(expected);
  });
});
