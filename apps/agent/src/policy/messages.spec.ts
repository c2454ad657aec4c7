// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { Slot } from '@givc/queue';
import type { policyadmin } from '@givc/rpc';
import { messagesOf } from './messages.js';
import { settled, useFakeTime } from '../../fixtures/fake-time.fixture.js';
import { FakePolicyCall } from './policy-call.fixture.js';

type Message = policyadmin.StreamPolicyRequest;

describe('the messages of a caller', () => {
  let call: FakePolicyCall;
  let messages: AsyncGenerator<Message, void>;
  let losing: AbortController;
  let slot: Pick<Slot, 'signal' | 'reason'>;
  beforeEach(() => {
    useFakeTime();
    call = new FakePolicyCall();
    losing = new AbortController();
    slot = { signal: losing.signal, reason: new GivcError('DEADLINE_EXCEEDED', 'nothing came for 15 s') };
    messages = messagesOf<Message>(call.asCall, slot);
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
    call.destroy();
  });

  const next = async (): Promise<string> => {
    const { value, done } = await messages.next();
    return done ? 'the end' : value.policy_chunk.toString();
  };

  it('arrive in order, followed by the end of the messages', async () => {
    call.send('', 'a', 'b').finish();
    expect([await next(), await next(), await next()]).toEqual(['a', 'b', 'the end']);
  });

  it('are read only on request', async () => {
    call.send('', ...Array<string>(20).fill('x'));
    await next();
    await settled();
    expect(call.unread).toBeGreaterThan(15);
  });

  it.each([
    ['at once', 0],
    ['after some messages', 2],
  ])('fail as soon as the slot of the call expires, %s', async (_, before) => {
    call.send('', ...Array<string>(before).fill('x'));
    for (let n = 0; n < before; n++) await next();
    if (before === 0) await next();
    const following = next();
    losing.abort();
    await expect(following).rejects.toBe(slot.reason);
  });

  it('fail with CANCELLED when the caller hangs up, after the messages that have arrived', async () => {
    call.send('', 'half').hangUp();
    expect(await next()).toBe('half');
    await expect(next()).rejects.toMatchObject({ reason: 'CANCELLED', message: 'the caller hung up' });
  });

  it('fail with CANCELLED when the connection breaks', async () => {
    const broken = new Error('ECONNRESET');
    const following = next();
    call.destroy(broken);
    await expect(following).rejects.toMatchObject({ reason: 'CANCELLED', cause: broken });
  });
});
