// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import type { FakeAdminChannel } from './admin-channel.fixture.js';
import { RegisteringAgent, secondMs, settled, web } from './registering-agent.fixture.js';

describe('an agent', () => {
  let agent: RegisteringAgent;

  beforeEach(() => {
    agent = RegisteringAgent.onVirtualClock();
  });
  afterEach(() => agent.end());

  describe('whose admin ends the stream', () => {
    /** Resolves with the seconds until the next attempt. */
    const nextAttempt = async (): Promise<number> => {
      const before = agent.admin.streams.length;
      let seconds = 0;
      for (; agent.admin.streams.length === before && seconds < 100; seconds++)
        await jest.advanceTimersByTimeAsync(secondMs);
      return seconds;
    };
    const fail = (code = status.INVALID_ARGUMENT, details = 'no such agent') => agent.admin.stream.fail(code, details);

    it('retries after 1, 2, 4, 8, 16 and then 30 s, and after 1 s again once an attempt has succeeded', async () => {
      await agent.report();
      const pauses: number[] = [];
      for (let n = 0; n < 8; n++) {
        fail();
        pauses.push(await nextAttempt());
      }
      expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
      agent.admin.stream.accept();
      fail();
      expect(await nextAttempt()).toBe(1);
      fail();
      expect(await nextAttempt()).toBe(2);
    });

    it('opens a new stream at once over the same connection when the agent was frozen for too long', async () => {
      await agent.report();
      agent.admin.stream.accept();
      fail(status.DEADLINE_EXCEEDED, 'no message from the agent within the heartbeat timeout');
      expect(agent.admin.streams).toHaveLength(2);
      expect(agent.admin.events).toEqual(['kept connected']);
    });

    it('keeps its backoff when the stream ends with that status before the admin has accepted anything', async () => {
      await agent.report();
      fail(status.DEADLINE_EXCEEDED, 'no snapshot');
      expect(agent.admin.streams).toHaveLength(1);
      expect(await nextAttempt()).toBe(1);
    });

    it('makes no attempt before the backoff has passed', async () => {
      await agent.report();
      fail();
      await jest.advanceTimersByTimeAsync(secondMs - 1);
      expect(agent.admin.streams).toHaveLength(1);
      await jest.advanceTimersByTimeAsync(1);
      expect(agent.admin.streams).toHaveLength(2);
    });

    it('logs each reason once, and again after an attempt that has succeeded', async () => {
      await agent.report();
      for (let n = 0; n < 3; n++) {
        fail();
        await nextAttempt();
      }
      expect(agent.lines).toEqual(['error: cannot register error="no such agent"']);
      fail(status.INVALID_ARGUMENT, 'another reason');
      await nextAttempt();
      expect(agent.lines).toEqual([
        'error: cannot register error="no such agent"',
        'error: cannot register error="another reason"',
      ]);
      agent.admin.stream.accept();
      fail(status.INVALID_ARGUMENT, 'another reason');
      expect(agent.lines.slice(2)).toEqual([
        expect.stringContaining('registered'),
        'error: cannot register error="another reason"',
      ]);
    });

    it.each([status.UNAVAILABLE, status.CANCELLED])(
      'logs nothing when the admin is only unreachable (status %d)',
      async (code) => {
        await agent.report();
        fail(code, 'the server is shutting down');
        expect(await nextAttempt()).toBe(1);
        expect(agent.lines).toEqual([]);
      },
    );

    it('makes no attempt without a connection, and makes one as soon as there is one', async () => {
      await agent.report();
      fail();
      agent.admin.become('TRANSIENT_FAILURE');
      await jest.advanceTimersByTimeAsync(60 * secondMs);
      expect(agent.admin.streams).toHaveLength(1);
      agent.admin.become('READY');
      expect(agent.admin.streams).toHaveLength(2);
      await jest.advanceTimersByTimeAsync(2 * secondMs);
      expect(agent.admin.streams).toHaveLength(2);
    });

    it('makes no additional attempt when the connection comes back before the next attempt is due', async () => {
      await agent.report();
      fail();
      agent.admin.become('TRANSIENT_FAILURE');
      agent.admin.become('READY');
      await jest.advanceTimersByTimeAsync(2 * secondMs);
      expect(agent.admin.streams).toHaveLength(2);
    });

    it('ignores the end of a stream that it has replaced', async () => {
      await agent.report();
      const before = agent.admin.stream;
      agent.admin.become('READY');
      expect(agent.admin.streams).toHaveLength(2);
      before.fail(status.ABORTED);
      await jest.advanceTimersByTimeAsync(2 * secondMs);
      expect(agent.admin.streams).toHaveLength(2);
      expect(agent.admin.stream.isCancelled).toBe(false);
    });
  });

  describe('whose admin does not serve reports, or denies them', () => {
    const register = async (code = status.UNIMPLEMENTED) => {
      await agent.report();
      agent.admin.stream.fail(code);
      await settled();
    };

    it.each([status.UNIMPLEMENTED, status.PERMISSION_DENIED])(
      'registers by RegisterService, the agent first, with 5 s for each call (status %d)',
      async (code) => {
        await register(code);
        expect(agent.admin.registrations.map(({ request }) => request)).toMatchObject([
          { Name: 'givc-net-vm.service', Type: 8, Transport: { Port: '4711' } },
        ]);
        expect(await agent.admin.answerRegistrations()).toEqual(['givc-net-vm.service', web]);
        expect(agent.admin.deadlines).toEqual([5_000, 5_000]);
        expect(agent.lines.at(-1)).toBe('info: registered admin=127.0.0.1:9001 units=1 by=registering');
      },
    );

    it('logs once why reports are denied, and does not log that an admin does not serve them', async () => {
      await register(status.UNIMPLEMENTED);
      expect(agent.lines).toEqual([]);
      for (let n = 0; n < 2; n++) {
        agent.admin.become('CONNECTING');
        agent.admin.become('READY');
        agent.admin.stream.fail(status.PERMISSION_DENIED, 'no rule permits it');
        await settled();
      }
      expect(agent.lines.filter((line) => !line.includes('admin lost'))).toEqual([
        'warn: reports denied by the admin, which polls this agent instead error="no rule permits it"',
      ]);
    });

    it('registers a unit again when it changes, and flushes when that is answered', async () => {
      await register();
      await agent.admin.answerRegistrations();
      agent.systemd.crash(web);
      let isFlushed = false;
      void agent.service.flush().then(() => (isFlushed = true));
      await settled();
      expect(isFlushed).toBe(false);
      expect(agent.admin.registrations[0]!.request).toMatchObject({ Name: web, State: { ActiveState: 'failed' } });
      await agent.admin.answerRegistrations();
      expect(isFlushed).toBe(true);
    });

    it('logs a unit that the admin rejects in its answer', async () => {
      await register();
      const [own] = agent.admin.registrations.splice(0);
      own!.answer();
      await settled();
      await agent.admin.answerRegistrations('not yours');
      expect(agent.lines[0]).toBe('warn: unit rejected by the admin unit=web.service reason="not yours"');
    });

    it('retries later with a snapshot when the agent itself is rejected, which is logged', async () => {
      await register();
      await agent.admin.answerRegistrations(new GivcError('INVALID_ARGUMENT', 'no such parent'));
      expect(agent.lines).toEqual(['error: cannot register error="no such parent"']);
      await jest.advanceTimersByTimeAsync(secondMs);
      expect(agent.admin.streams).toHaveLength(2);
    });

    it('dials again when the admin does not answer, because the connection may be dead', async () => {
      await register();
      await agent.admin.answerRegistrations();
      await jest.advanceTimersByTimeAsync(10 * secondMs);
      agent.admin.reflections[0]!.fail(status.DEADLINE_EXCEEDED);
      await settled();
      expect(agent.admin.events).toEqual(['kept connected', 'dialled again']);
      expect(agent.lines.at(-1)).toBe('warn: admin lost admin=127.0.0.1:9001 error=no');
    });

    it('registers everything again every 10 s with an admin that denies reports', async () => {
      await register();
      await agent.admin.answerRegistrations();
      await jest.advanceTimersByTimeAsync(10 * secondMs);
      agent.admin.reflections[0]!.answer('admin.AdminService', 'report.Reports');
      await settled();
      expect(await agent.admin.answerRegistrations()).toEqual(['givc-net-vm.service', web]);
    });

    it.each<[string, (call: FakeAdminChannel['reflections'][number]) => void]>([
      ['does not serve reports', (call) => call.answer('admin.AdminService', 'reporting.Service')],
      ['has no reflection', (call) => call.fail(status.UNIMPLEMENTED)],
      ['permits no reflection', (call) => call.fail(status.PERMISSION_DENIED)],
      ['answers nothing', (call) => call.emit('end')],
    ])('registers once with an admin that %s, and then calls it every 10 s', async (_, answer) => {
      await register();
      await agent.admin.answerRegistrations();
      for (let times = 1; times <= 3; times++) {
        await jest.advanceTimersByTimeAsync(10 * secondMs);
        expect(agent.admin.reflections).toHaveLength(times);
        answer(agent.admin.reflections.at(-1)!);
        await settled();
      }
      expect(agent.admin.registrations).toEqual([]);
      expect(agent.admin.events).toEqual(['kept connected']);
      agent.systemd.crash(web);
      await settled();
      expect(await agent.admin.answerRegistrations()).toEqual([web]);
    });

    it('ignores late answers after the connection was lost, and begins again when it is back', async () => {
      await register();
      const [before] = agent.admin.registrations.splice(0);
      agent.admin.become('CONNECTING');
      expect(agent.lines).toEqual(['warn: admin lost admin=127.0.0.1:9001']);
      before!.answer(new GivcError('INVALID_ARGUMENT', 'too late'));
      await jest.advanceTimersByTimeAsync(10 * secondMs);
      expect(agent.lines).toHaveLength(1);
      expect(agent.admin.streams).toHaveLength(1);
      agent.admin.become('READY');
      expect(agent.admin.streams).toHaveLength(2);
    });
  });
});
