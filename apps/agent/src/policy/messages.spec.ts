import { setImmediate } from 'node:timers/promises';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { messagesOf } from './messages.js';

type Call = ServerReadableStream<string, unknown>;

/** A call whose messages are these; after them it is as `end` says. */
function callOf(messages: readonly string[], end: () => Promise<IteratorResult<string>>, cancelled = false): Call {
  const left = [...messages];
  const next = (): Promise<IteratorResult<string>> =>
    left.length > 0 ? Promise.resolve({ done: false, value: left.shift()! }) : end();
  return { cancelled, iterator: () => ({ next }) } as unknown as Call;
}
const silent = () => new Promise<never>(() => undefined);
const ended = () => Promise.resolve<IteratorResult<string>>({ done: true, value: undefined });

async function read(call: Call): Promise<string[]> {
  const messages: string[] = [];
  for await (const message of messagesOf<string>(call, 15_000)) messages.push(message);
  return messages;
}

describe('the messages of a caller', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  it('come in order, and leave no timer behind', async () => {
    expect(await read(callOf(['a', 'b'], ended))).toEqual(['a', 'b']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are waited for no longer than the silence that is allowed', async () => {
    const call = callOf(['a'], silent);
    const messages = messagesOf(call, 15_000);
    expect(await messages.next()).toEqual({ done: false, value: 'a' });
    let outcome: unknown = 'waiting';
    void messages.next().catch((error: unknown) => (outcome = error));
    await jest.advanceTimersByTimeAsync(14_999);
    expect(outcome).toBe('waiting');
    await jest.advanceTimersByTimeAsync(1);
    await setImmediate();
    expect(outcome).toMatchObject({ reason: 'DEADLINE_EXCEEDED', message: 'nothing came for 15 s' });
  });

  it('have not ended when the caller hangs up', async () => {
    await expect(read(callOf(['a'], ended, true))).rejects.toMatchObject({ reason: 'CANCELLED' });
  });

  it('fail as a caller that hangs up when they cannot be read', async () => {
    const call = callOf([], () => Promise.reject(new Error('aborted')));
    await expect(read(call)).rejects.toMatchObject({ reason: 'CANCELLED', cause: new Error('aborted') });
    expect(jest.getTimerCount()).toBe(0);
  });
});
