// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { absent, rejected, request, settled, TestRegistration } from './unary-registration.fixture.js';

const absurd = new GivcError('INVALID_ARGUMENT', 'absurd');

describe('the registration with an admin without reports', () => {
  let { events, sent, begin, answer, answerAll, ignoresRepetition, end } = new TestRegistration();
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    ({ events, sent, begin, answer, answerAll, ignoresRepetition, end } = new TestRegistration());
  });
  afterEach(() => {
    end();
    jest.useRealTimers();
  });

  const pass = (ms: number) => {
    jest.advanceTimersByTime(ms);
    return settled();
  };

  it('is repeated every 10 s, so that a vanished admin is noticed', async () => {
    const registration = begin('a.service');
    await settled();
    await answer('agent');
    await answer('a.service');
    jest.advanceTimersByTime(9_999);
    expect(sent).toEqual(['agent', 'a.service']);
    await pass(1);
    expect(sent).toEqual(['agent', 'a.service', 'agent']);
    jest.advanceTimersByTime(20_000);
    expect(sent).toHaveLength(3);
    await answer('agent');
    await answer('a.service');
    await pass(10_000);
    expect(sent).toEqual(['agent', 'a.service', 'agent', 'a.service', 'agent']);
    await answer('agent', absent);
    expect(events.at(-1)).toEqual(['failed', absent]);
    registration.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('includes the units each time, because the admin may have removed them, and emits `registered` once', async () => {
    begin('a.service');
    await settled();
    await answerAll();
    await answerAll();
    expect(events).toEqual(['registered']);
    await pass(10_000);
    await answerAll();
    await answerAll();
    expect(sent).toEqual(['agent', 'a.service', 'agent', 'a.service']);
    expect(events).toEqual(['registered']);
  });

  it('is not repeated with an admin that does not ignore repetitions, but the admin is still called', async () => {
    ignoresRepetition.mockResolvedValue(false);
    const registration = begin('a.service');
    await settled();
    await answerAll();
    await answerAll();
    await pass(10_000);
    await pass(10_000);
    expect([sent, ignoresRepetition.mock.calls.length]).toEqual([['agent', 'a.service'], 2]);
    registration.send(request('b.service'));
    expect(sent.at(-1)).toBe('b.service');
    await answerAll();
    ignoresRepetition.mockRejectedValue(absent);
    await pass(10_000);
    expect(events).toEqual(['registered', ['failed', absent]]);
  });

  it('sends nothing more when it is closed while the admin is asked', async () => {
    let reply: (ignores: boolean) => void;
    ignoresRepetition.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const registration = begin('a.service');
    await settled();
    await answerAll();
    await answerAll();
    await pass(10_000);
    registration.close();
    reply!(true);
    await settled();
    expect(sent).toEqual(['agent', 'a.service']);
  });

  it('sends changes that happen during a repetition after it', async () => {
    const registration = begin('a.service');
    await settled();
    await answerAll();
    await answerAll();
    await pass(10_000);
    registration.send(request('b.service'));
    await answer('agent');
    expect(sent.slice(2)).toEqual(['agent', 'a.service']);
    await answer('a.service');
    expect(sent.slice(2)).toEqual(['agent', 'a.service', 'b.service']);
  });

  it('reports a rejection that is new, has another reason, or follows an acceptance', async () => {
    begin('a.service');
    await settled();
    for (const error of [rejected, rejected, absurd, undefined, absurd]) {
      await answer('agent');
      await answer('a.service', error);
      await pass(10_000);
    }
    expect(events.filter((event) => Array.isArray(event))).toEqual([
      ['rejected', 'a.service', 'not yours'],
      ['rejected', 'a.service', 'absurd'],
      ['rejected', 'a.service', 'absurd'],
    ]);
  });

  it('repeats the agent every 10 s, unless a change is being sent, until it is closed', async () => {
    const registration = begin();
    await settled();
    await answer('agent');
    jest.advanceTimersByTime(9_999);
    expect(sent).toEqual(['agent']);
    await pass(1);
    expect(sent).toEqual(['agent', 'agent']);
    await answer('agent');
    registration.send(request('a.service'));
    jest.advanceTimersByTime(30_000);
    await answer('a.service');
    expect(sent).toEqual(['agent', 'agent', 'a.service']);
    await pass(10_000);
    expect(sent).toEqual(['agent', 'agent', 'a.service', 'agent']);
    registration.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});
