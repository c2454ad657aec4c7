// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { absent, rejected, request, settled, TestRegistration } from './unary-registration.fixture.js';

describe('the registration with an admin without reports', () => {
  let { events, sent, begin, answer, answerAll, end } = new TestRegistration();
  beforeEach(() => ({ events, sent, begin, answer, answerAll, end } = new TestRegistration()));
  afterEach(() => end());

  const isSettled = async (promise: Promise<void>): Promise<boolean> => {
    let done = false;
    void promise.then(() => (done = true));
    await settled();
    return done;
  };

  it('sends the agent first, then its units, one after another', async () => {
    begin('a.service', 'b.service');
    await settled();
    expect(sent).toEqual(['agent']);
    await answer('agent');
    expect(sent).toEqual(['agent', 'a.service']);
    await answer('a.service');
    expect(sent).toEqual(['agent', 'a.service', 'b.service']);
    expect(events).toEqual([]);
    await answer('b.service');
    expect(events).toEqual(['registered']);
  });

  it('sends changes one after another, in order, once everything is registered', async () => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    registration.send(request('c.service'));
    await settled();
    await answer('agent');
    expect(sent).toEqual(['agent', 'a.service']);
    await answer('a.service');
    expect(sent).toEqual(['agent', 'a.service', 'b.service']);
    registration.send(request('d.service'));
    await answer('b.service');
    expect(sent).toEqual(['agent', 'a.service', 'b.service', 'c.service']);
    await answer('c.service');
    await answer('d.service');
    registration.send(request('e.service'));
    expect(sent.at(-1)).toBe('e.service');
  });

  it('continues when the admin rejects a unit, and names it', async () => {
    const registration = begin('a.service', 'b.service');
    await settled();
    await answer('agent');
    await answer('a.service', rejected);
    await answer('b.service');
    registration.send(request('c.service'));
    await answer('c.service', rejected);
    registration.send(request('d.service'));
    expect(sent.at(-1)).toBe('d.service');
    expect(events).toEqual([
      ['rejected', 'a.service', 'not yours'],
      'registered',
      ['rejected', 'c.service', 'not yours'],
    ]);
  });

  it.each([
    ['the agent itself is rejected', 'agent', rejected],
    ['the admin is unreachable for the agent', 'agent', absent],
    ['the admin is unreachable for one of its units', 'a.service', absent],
    ['the admin is unreachable for a change', 'b.service', absent],
  ])('fails when %s, and then sends nothing more', async (_, name, error) => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    await settled();
    for (const before of ['agent', 'a.service', 'b.service'].slice(
      0,
      ['agent', 'a.service', 'b.service'].indexOf(name),
    ))
      await answer(before);
    await answer(name, error);
    expect(events.at(-1)).toEqual(['failed', error]);
    const count = sent.length;
    registration.send(request('c.service'));
    await answerAll();
    registration.close();
    expect(sent).toHaveLength(count);
    expect(events.filter((event) => Array.isArray(event) && event[0] === 'failed')).toHaveLength(1);
    expect(await isSettled(registration.flush())).toBe(true);
  });

  it('fails when more than 1,000 changes wait', async () => {
    const registration = begin();
    await settled();
    for (let n = 0; n < 1_000; n++) registration.send(request(`${n}.service`));
    expect(events).toEqual([]);
    registration.send(request('one-too-many.service'));
    expect(events).toEqual([
      [
        'failed',
        expect.objectContaining({ reason: 'RESOURCE_EXHAUSTED', message: 'the admin accepts changes too slowly' }),
      ],
    ]);
  });

  it('does not count flushes as changes that the admin has not accepted', async () => {
    const registration = begin();
    const flushed = Array.from({ length: 1_000 }, () => registration.flush());
    registration.send(request('a.service'));
    await settled();
    await answer('agent');
    expect(events).toEqual(['registered']);
    await Promise.all(flushed);
    await answer('a.service');
    expect(sent).toEqual(['agent', 'a.service']);
  });

  it('flushes once all earlier calls are answered', async () => {
    const registration = begin();
    await settled();
    registration.send(request('a.service'));
    const first = registration.flush();
    const alike = registration.flush();
    registration.send(request('b.service'));
    const second = registration.flush();
    await answer('agent');
    expect(await isSettled(first)).toBe(false);
    await answer('a.service');
    expect([await isSettled(first), await isSettled(alike), await isSettled(second)]).toEqual([true, true, false]);
    await answer('b.service');
    expect(await isSettled(second)).toBe(true);
    expect(await isSettled(registration.flush())).toBe(true);
  });

  it('sends nothing more once it is closed while nothing is being sent', async () => {
    const registration = begin();
    await settled();
    await answer('agent');
    registration.close();
    registration.send(request('a.service'));
    expect(sent).toEqual(['agent']);
  });

  it('does not fail once it is closed', async () => {
    const registration = begin();
    await settled();
    registration.close();
    await answer('agent', absent);
    expect(events).toEqual([]);
  });

  it('ends a flush once it is closed, and sends nothing more', async () => {
    const registration = begin('a.service');
    registration.send(request('b.service'));
    const flushed = registration.flush();
    await settled();
    await answer('agent');
    registration.close();
    expect(await isSettled(flushed)).toBe(true);
    await answerAll();
    expect(events).toEqual([]);
    expect(sent).toEqual(['agent', 'a.service']);
  });
});
