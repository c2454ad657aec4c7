// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import { ConfiguredUnits } from './configured-units.js';
import { RegisteringAgent, secondMs, settled, web } from './registering-agent.fixture.js';

describe('an agent', () => {
  let agent: RegisteringAgent;

  beforeEach(() => {
    agent = RegisteringAgent.onVirtualClock();
  });
  afterEach(() => agent.end());

  describe('whose admin serves reports', () => {
    it('connects once it listens, and not before', async () => {
      agent.service.onApplicationBootstrap();
      await settled();
      expect(agent.admin.events).toEqual([]);
      agent.listens();
      await settled();
      expect(agent.admin.events).toEqual(['kept connected']);
      expect(agent.admin.streams).toHaveLength(0);
    });

    it('first sends a snapshot with its own endpoint, units, heartbeat interval, boot and versions', async () => {
      await agent.report();
      expect(agent.snapshot).toMatchObject({
        agent: { Name: 'givc-net-vm.service', Transport: { Address: '127.0.0.1', Port: '4711', Name: 'net-vm' } },
        entries: [{ registration: { Name: web, State: { ActiveState: 'active' } } }],
        heartbeat_interval_ms: 3_000,
        boot_id: 'boot 1',
        stream_number: expect.any(Number) as number,
        protocol_version: 2,
        agent_version: 'development',
        applications: { names: [] },
      });
      expect(agent.lines).toEqual([]);
      agent.admin.stream.accept();
      expect(agent.lines).toEqual(['info: registered admin=127.0.0.1:9001 units=1 by=reporting adminVersion=0.1.0']);
    });

    it('has a status that says whether it is registered, and why not', async () => {
      const texts: string[] = [agent.service.status.text];
      agent.service.status.onChange(() => texts.push(agent.service.status.text));
      await agent.report();
      agent.admin.stream.accept();
      agent.admin.become('IDLE');
      agent.admin.become('READY');
      agent.admin.stream.fail(status.INVALID_ARGUMENT, 'no such VM');
      agent.admin.become('TRANSIENT_FAILURE');
      agent.admin.fail('not-valid-now', 'has expired');
      agent.admin.fail('refused');
      expect(texts).toEqual([
        'waiting for admin-vm (127.0.0.1:9001)',
        'registered at admin-vm (127.0.0.1:9001)',
        'waiting for admin-vm (127.0.0.1:9001)',
        expect.stringMatching(/^cannot register: .*no such VM/),
        'waiting for admin-vm (127.0.0.1:9001)',
        expect.stringMatching(/^waiting for .*, which has a certificate that has expired; renew it there/),
        'waiting for admin-vm (127.0.0.1:9001)',
      ]);
    });

    it('registers the configured address when its server has none', async () => {
      agent = new RegisteringAgent([]);
      await agent.report();
      expect(agent.snapshot).toMatchObject({ agent: { Transport: { Port: '9000' } } });
    });

    it('sends each change after the snapshot', async () => {
      await agent.report();
      agent.systemd.crash(web);
      expect(agent.admin.stream.changes).toMatchObject([
        { name: web, status: { ActiveState: 'failed' }, ending: { result: 'exit-code' } },
      ]);
    });

    it('logs which units are rejected', async () => {
      await agent.report();
      agent.admin.stream.accept({ name: web, reason: 'not yours' });
      agent.admin.stream.reject('b.service', 'no rule');
      expect(agent.lines.filter((line) => line.startsWith('warn'))).toEqual([
        'warn: unit rejected by the admin unit=web.service reason="not yours"',
        'warn: unit rejected by the admin unit=b.service reason="no rule"',
      ]);
    });

    it('shortens the name and the reason of a rejection in the log', async () => {
      await agent.report();
      agent.admin.stream.accept({ name: 'n'.repeat(4e6), reason: 'w'.repeat(4e6) });
      expect(agent.lines.filter((line) => line.startsWith('warn'))).toEqual([
        `warn: unit rejected by the admin unit=${'n'.repeat(2_048)} reason=${'w'.repeat(2_048)}`,
      ]);
    });

    it('flushes once a change is acknowledged', async () => {
      await agent.report();
      agent.admin.stream.accept();
      agent.systemd.crash(web);
      let isFlushed = false;
      void agent.service.flush().then(() => (isFlushed = true));
      await settled();
      expect(isFlushed).toBe(false);
      agent.admin.stream.acknowledge(1);
      await settled();
      expect(isFlushed).toBe(true);
    });

    it('sends a new snapshot when a lost connection is back, and logs the loss', async () => {
      await agent.report();
      const before = agent.admin.stream;
      before.accept();
      agent.admin.become('CONNECTING');
      expect(before.isCancelled).toBe(true);
      expect(agent.lines.at(-1)).toBe('warn: admin lost admin=127.0.0.1:9001');
      agent.admin.become('TRANSIENT_FAILURE');
      agent.systemd.crash(web);
      await agent.service.flush();
      agent.admin.become('READY');
      expect(agent.admin.streams).toHaveLength(2);
      expect(before.changes).toEqual([]);
      expect(agent.stateInSnapshot).toBe('failed');
      expect(agent.lines.filter((line) => line.includes('admin lost'))).toHaveLength(1);
    });

    it('dials again when the admin does not answer on an open connection, which is logged', async () => {
      await agent.report();
      agent.admin.stream.accept();
      await jest.advanceTimersByTimeAsync(7_500 - 1);
      expect(agent.admin.events).toEqual(['kept connected']);
      await jest.advanceTimersByTimeAsync(1);
      expect(agent.admin.events).toEqual(['kept connected', 'dialled again']);
      expect(agent.lines.at(-1)).toBe(
        'warn: admin lost admin=127.0.0.1:9001 error="no message from the admin within the heartbeat timeout"',
      );
      // The old connection gets no second stream, however long that takes.
      await jest.advanceTimersByTimeAsync(3_600 * secondMs);
      expect(agent.admin.streams).toHaveLength(1);
      agent.systemd.crash(web);
      agent.admin.become('READY');
      expect(agent.admin.streams).toHaveLength(2);
      expect(agent.stateInSnapshot).toBe('failed');
    });

    it('does not dial again while the admin answers', async () => {
      await agent.report();
      for (let beat = 0; beat < 1_200; beat++) {
        await jest.advanceTimersByTimeAsync(3_000);
        agent.admin.stream.answer({ $case: 'heartbeat', value: {} });
      }
      expect(agent.admin.events).toEqual(['kept connected']);
      expect(agent.admin.streams).toHaveLength(1);
    });
  });

  describe('that starts', () => {
    describe('after the renewal of its certificate', () => {
      beforeEach(async () => {
        await agent.report();
        agent.admin.stream.accept();
        agent.lines.length = 0;
      });

      it('begins another stream with a snapshot, and ends the older one once the admin has accepted it', () => {
        const [older] = agent.admin.streams;
        agent.admin.renew();
        expect([agent.admin.streams.length, agent.stateInSnapshot, older!.isCancelled]).toEqual([2, 'active', false]);
        agent.systemd.crash(web);
        expect(agent.admin.stream.changes).toHaveLength(1);
        agent.admin.stream.accept();
        expect([older!.isCancelled, agent.admin.stream.isCancelled]).toEqual([true, false]);
        expect(agent.lines).toEqual(['info: registered admin=127.0.0.1:9001 units=1 by=reporting adminVersion=0.1.0']);
      });

      it('keeps every older stream until one is accepted when it is renewed twice', () => {
        agent.admin.renew();
        agent.admin.renew();
        const cancelled = () => agent.admin.streams.map(({ isCancelled }) => isCancelled);
        expect(cancelled()).toEqual([false, false, false]);
        agent.admin.stream.accept();
        expect(cancelled()).toEqual([true, true, false]);
      });

      it('continues when the admin ends the older stream, or sends nothing more on it', () => {
        const [older] = agent.admin.streams;
        agent.admin.renew();
        older!.fail(status.ABORTED, 'another stream of this agent has replaced this one');
        agent.admin.stream.accept();
        expect([agent.admin.streams.length, agent.admin.events]).toEqual([2, ['kept connected']]);
      });

      it('ends the older stream, too, when the admin rejects the new one', () => {
        const [older] = agent.admin.streams;
        agent.admin.renew();
        agent.admin.stream.fail(status.INVALID_ARGUMENT);
        expect(older!.isCancelled).toBe(true);
      });

      it('ends all streams when it stops or loses the connection', () => {
        agent.admin.renew();
        agent.admin.become('IDLE');
        expect(agent.admin.streams.map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
      });
    });

    it('waits for systemd with a backoff of 50 ms to 2 s, which is logged once', async () => {
      agent.systemd.goAway();
      const ask = jest.spyOn(ConfiguredUnits.prototype, 'trackAll');
      await agent.start();
      const pauses: number[] = [];
      for (let attempts = 1; attempts < 10; attempts++) {
        let ms = 0;
        for (; ask.mock.calls.length === attempts; ms += 10) await jest.advanceTimersByTimeAsync(10);
        pauses.push(ms);
      }
      expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
      expect(agent.lines).toEqual(['error: cannot register error="systemd has left the bus"']);
      expect(agent.admin.events).toEqual([]);
      agent.systemd.comeBack();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(agent.admin.events).toEqual(['kept connected']);
    });

    it('does not connect when it cannot listen, which it logs', async () => {
      agent.service.onApplicationBootstrap();
      agent.listens(new Error('the port is taken'));
      await settled();
      expect(agent.admin.events).toEqual([]);
      expect(agent.lines).toEqual(['error: cannot register error="the port is taken"']);
    });
  });

  describe('that stops', () => {
    it('closes its connection, and makes no further attempt', async () => {
      await agent.report();
      agent.admin.stream.fail(status.INVALID_ARGUMENT);
      agent.service.onApplicationShutdown();
      expect(agent.admin.events).toEqual(['kept connected', 'closed']);
      await jest.advanceTimersByTimeAsync(60 * secondMs);
      expect(agent.admin.streams).toHaveLength(1);
    });

    it('ends an open stream, and logs nothing', async () => {
      await agent.report();
      agent.admin.stream.accept();
      agent.service.onApplicationShutdown();
      expect(agent.admin.stream.isCancelled).toBe(true);
      agent.systemd.crash(web);
      expect(agent.admin.stream.changes).toEqual([]);
      expect(agent.lines.filter((line) => !line.includes('registered'))).toEqual([]);
      await agent.service.flush();
    });

    it.each([
      ['before it listens', () => undefined, () => agent.listens()],
      ['while it waits for systemd', () => (agent.systemd.goAway(), agent.listens()), () => agent.systemd.comeBack()],
    ])('does not connect when it stops %s', async (_, before, after) => {
      agent.service.onApplicationBootstrap();
      before();
      await settled();
      agent.service.onApplicationShutdown();
      after();
      await jest.advanceTimersByTimeAsync(60 * secondMs);
      expect(agent.admin.events).toEqual(['closed']);
    });

    it('does not connect when it stops while it asks systemd for its units', async () => {
      jest.spyOn(ConfiguredUnits.prototype, 'trackAll').mockImplementation(() => {
        agent.service.onApplicationShutdown();
        return Promise.resolve();
      });
      await agent.start();
      expect(agent.admin.events).toEqual(['closed']);
    });

    it('does not track its units when it stops before it listens', async () => {
      const track = jest.spyOn(ConfiguredUnits.prototype, 'trackAll');
      agent.service.onApplicationBootstrap();
      agent.service.onApplicationShutdown();
      agent.listens();
      await settled();
      expect(track).not.toHaveBeenCalled();
    });
  });
});
