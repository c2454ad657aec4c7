// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { GivcError } from '@givc/model';
import { currentTrace } from '@givc/trace';
import { frameOf } from '../wire/message.js';
import { Metadata } from '../wire/metadata.js';
import { check, RawCaller, request, serving, transfer, watch } from './raw-caller.fixture.js';
import type { StreamingCall } from './streaming-call.js';

describe('a call of a caller', () => {
  let caller: RawCaller;
  beforeEach(() => {
    caller = new RawCaller();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await caller.close();
  });

  it('passes its deadline to the handler, and ends when that has passed', async () => {
    let ended!: () => void;
    const cancelled = new Promise<void>((resolve) => (ended = resolve));
    let deadline = 0;
    await caller.start({
      [check]: (incoming) => {
        deadline = incoming.getDeadline();
        incoming.once('cancelled', ended);
      },
    });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const answer = caller.call(check, request, { 'grpc-timeout': '2500m' });
    while (deadline === 0) await caller.read();
    expect(deadline).toBe(Date.now() + 2_500);
    jest.advanceTimersByTime(2_499);
    await caller.read();
    jest.advanceTimersByTime(1);
    expect((await answer).headers).toMatchObject({ 'grpc-status': '4', 'grpc-message': 'Deadline exceeded' });
    await cancelled;
  });

  it('has no timer with a deadline that no timer can have', async () => {
    await caller.start({ [check]: (incoming) => incoming.answer({ status: 1 }) });
    const { trailers } = await caller.call(check, request, { 'grpc-timeout': '99999999H' });
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
  });

  it('is cancelled for its handler when the connection is cut, which is not the end of its messages', async () => {
    const events: string[] = [];
    let opened!: (incoming: StreamingCall) => void;
    const handled = new Promise<StreamingCall>((resolve) => (opened = resolve));
    await caller.start({ [transfer]: (incoming) => opened(incoming as StreamingCall) });
    caller.open(transfer);
    const incoming = await handled;
    for (const event of ['end', 'cancelled', 'close']) incoming.on(event, () => events.push(event));
    incoming.resume();
    caller.session.destroy();
    await once(incoming, 'close');
    expect(events).toEqual(['cancelled', 'close']);
    expect(incoming.cancelled).toBe(true);
  });

  it('ends by RST_STREAM without an error when it is rejected before its caller has sent everything', async () => {
    await caller.start({ [check]: () => undefined }, {}, { open: reject, rejected: () => undefined });
    const stream = caller.open(check);
    stream.write(request);
    expect(await caller.answerOf(stream)).toMatchObject({ headers: { 'grpc-status': '7' }, reset: 0 });
  });

  it('ends by RST_STREAM some time after its answer when its caller sends on and on', async () => {
    await caller.start({
      [transfer]: (incoming) => {
        const duplex = incoming as StreamingCall;
        duplex.write({ Event: { $case: 'Started', value: { Pid: 1 } } });
        duplex.end();
      },
    });
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const stream = caller.open(transfer);
    const answer = caller.answerOf(stream);
    await once(stream, 'trailers');
    await caller.read();
    expect(stream.closed).toBe(false);
    for (let n = 0; n < 3; n++) jest.advanceTimersByTime(5_001);
    expect(await answer).toMatchObject({ trailers: { 'grpc-status': '0' }, reset: 0 });
  });

  it('is rejected before its request is read, with the error of the gate', async () => {
    const seen: string[] = [];
    await caller.start(
      { [check]: () => seen.push('handler') },
      {},
      {
        open: (incoming) => {
          seen.push(`${incoming.getPath()} ${incoming.getPeer()}`);
          reject();
        },
        rejected: () => seen.push('rejected'),
      },
    );
    expect((await caller.call(check, request)).headers).toMatchObject({
      'grpc-status': '7',
      'grpc-message': 'not you',
    });
    expect(seen).toEqual([`${check} unknown`]);
  });

  it('is reported to the gate when it exceeds a limit', async () => {
    const rejected: string[] = [];
    const gate = { open: () => undefined, rejected: (_: unknown, { reason }: GivcError) => rejected.push(reason) };
    await caller.start({ [check]: () => undefined }, { limits: { openCallsOfPeer: 1 } }, gate);
    caller.open(check);
    await caller.read();
    expect((await caller.call(check, request)).headers).toMatchObject({ 'grpc-status': '8' });
    expect(rejected).toEqual(['RESOURCE_EXHAUSTED']);
  });

  it.each([
    ['OK', check, 'a unary call', (incoming: StreamingCall): void => incoming.answer({ status: 1 })],
    ['UNKNOWN', check, 'a unary call', (incoming: StreamingCall): void => incoming.fail({ code: 99, details: '' })],
    ['NOT_FOUND', watch, 'a stream', (incoming: StreamingCall): void => incoming.fail(new GivcError('NOT_FOUND', 'x'))],
    ['OK', watch, 'a stream', (incoming: StreamingCall): void => void incoming.end({ status: 1 })],
  ] as const)('is reported to the observer with %s: %s, %s', async (answer, rpc, kind, handle) => {
    const lines: string[] = [];
    let over!: () => void;
    const ended = new Promise<void>((resolve) => (over = resolve));
    const observer = {
      began: (name: string, isUnary: boolean) => {
        lines.push(`/${name}`, isUnary ? 'a unary call' : 'a stream');
        return (outcome: string) => {
          lines.push(outcome);
          over();
        };
      },
    };
    await caller.start({ [rpc]: (incoming) => handle(incoming as StreamingCall) }, { observer });
    await caller.call(rpc, request);
    await ended;
    expect(lines).toEqual([rpc, kind, answer]);
  });

  it('sends the metadata of its handler ahead of the responses, and then the responses before the error', async () => {
    const metadata = new Metadata();
    metadata.set('a-key', 'a value');
    await caller.start({
      [watch]: (incoming) => {
        const stream = incoming as StreamingCall;
        stream.sendMetadata(metadata);
        for (let n = 0; n < 3; n++) stream.write({ status: 1 });
        stream.fail(new GivcError('ABORTED', 'no more'));
      },
    });
    const { headers, body, trailers } = await caller.call(watch, request);
    expect(headers).toMatchObject({ 'a-key': 'a value' });
    expect(body).toEqual(Buffer.concat(Array.from({ length: 3 }, () => serving)));
    expect(trailers).toMatchObject({ 'grpc-status': '10', 'grpc-message': 'no more' });
  });

  describe('of a trace', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const seen: (string | undefined)[] = [];
    const note = () => void seen.push(currentTrace()?.traceId);
    beforeEach(() => void (seen.length = 0));

    it('is handled as a part of it, also by the gate, until it ends', async () => {
      let [hasEnded, noted] = [(): void => undefined, (): void => undefined];
      const end = new Promise<void>((resolve) => (hasEnded = resolve));
      const last = new Promise<void>((resolve) => (noted = resolve));
      const handle = async (incoming: StreamingCall): Promise<void> => {
        await Promise.resolve();
        note();
        incoming.answer({ status: 1 });
        await end;
        note();
        noted();
      };
      const gate = { open: note, rejected: note };
      await caller.start({ [check]: (incoming) => void handle(incoming as StreamingCall) }, {}, gate);
      await caller.call(check, request, { traceparent });
      await caller.read();
      hasEnded();
      await last;
      expect(seen).toEqual([traceId, traceId, undefined]);
    });

    it('has it for each of its messages', async () => {
      await caller.start({
        [transfer]: (incoming) => {
          const stream = incoming as StreamingCall;
          stream.on('data', note);
          stream.once('end', () => {
            note();
            stream.end();
          });
        },
      });
      const stream = caller.open(transfer, { traceparent });
      stream.write(frameOf(Buffer.alloc(0)));
      stream.end(frameOf(Buffer.alloc(0)));
      await caller.answerOf(stream);
      expect(seen).toEqual([traceId, traceId, traceId]);
    });

    it('has none when the caller names none, or one that is not valid', async () => {
      await caller.start({
        [check]: (incoming) => {
          note();
          incoming.answer({ status: 1 });
        },
      });
      await caller.call(check, request);
      await caller.call(check, request, { traceparent: traceparent.toUpperCase() });
      await caller.call(check, request, { traceparent: `${traceparent}, ${traceparent}` });
      expect(seen).toEqual([undefined, undefined, undefined]);
    });

    it('is reported as a part of it when it exceeds a limit', async () => {
      const gate = { open: () => undefined, rejected: note };
      await caller.start({ [check]: () => undefined }, { limits: { openCallsOfPeer: 1 } }, gate);
      caller.open(check);
      await caller.read();
      await caller.call(check, request, { traceparent });
      expect(seen).toEqual([traceId]);
    });
  });
});

function reject(): never {
  throw new GivcError('PERMISSION_DENIED', 'not you');
}
