// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus, type UnitStatus } from '@givc/model';
import { FakeAgents, type UnitRequestRecord } from '../agents/agents.fixture.js';
import type { VmService } from '../lifecycle/vm.service.js';
import { agentEntry, newRegistry, runningStatus, unitEntry, unitNamed, vmNamed } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { PresenceService } from '../presence/presence.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import type { WatchService } from '../registry/watch.service.js';
import { PollingService } from './polling.service.js';

const vm = vmNamed('net-vm');
const errors = {
  gone: new GivcError('UNAVAILABLE', 'gone'),
  notFound: new GivcError('NOT_FOUND', 'no such unit'),
  denied: new GivcError('PERMISSION_DENIED', 'not in the allowlist'),
};

describe('the polling of agents', () => {
  let store: RegistryStore;
  let presence: PresenceService;
  let polling: PollingService;
  let agents: FakeAgents;
  let watchers: number;
  let isWaiting: boolean;
  /** Each poll of a unit, as `UNIT at MILLISECONDS`. */
  let polled: string[];
  let answer: (question: UnitRequestRecord) => Promise<UnitStatus>;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    const made = newRegistry();
    ({ store, presence } = made);
    [watchers, isWaiting, polled] = [0, false, []];
    answer = ({ unit }) => Promise.resolve(runningStatus(unit));
    agents = new FakeAgents((question) => {
      polled.push(`${question.unit} at ${performance.now()}`);
      return answer(question);
    });
    const watches = Object.defineProperty({}, 'count', { get: () => watchers }) as WatchService;
    const vms = Object.defineProperty({}, 'isWaiting', { get: () => isWaiting }) as VmService;
    polling = new PollingService(made.calls, store, presence, agents.connections, watches, vms);
  });
  afterEach(() => {
    polling.onApplicationShutdown();
    jest.useRealTimers();
  });

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  /** The number of timers once pending work is done. */
  const timers = async () => {
    await after(0);
    return jest.getTimerCount();
  };
  /** A connected agent that does not report, with these units. */
  const addAgent = (...units: string[]) => {
    for (const name of units) store.put(unitEntry('net-vm', name));
    agents.connections.connection(vm);
    presence.addAgent(agentEntry('net-vm'), 'registered');
  };
  const isLost = () => presence.of(vm)?.state === 'lost';

  describe('between polls', () => {
    it('needs no timer while all agents report', async () => {
      presence.addAgent(agentEntry('net-vm'), 'reported');
      presence.addAgent(agentEntry('gui-vm'), 'reported');
      expect(await timers()).toBe(0);
    });

    it('needs one timer for each agent that does not report, until it reports or leaves, and none for units', async () => {
      store.put(unitEntry('net-vm', 'web.service'));
      store.put(unitEntry('gui-vm', 'web.service'));
      expect(await timers()).toBe(0);
      presence.addAgent(agentEntry('net-vm'), 'registered');
      presence.addAgent(agentEntry('gui-vm'), 'registered');
      presence.addAgent(agentEntry('gui-vm'), 'registered');
      expect(await timers()).toBe(2);
      await after(60_000);
      expect(await timers()).toBe(2);
      presence.addAgent(agentEntry('net-vm'), 'reported');
      expect(await timers()).toBe(1);
      store.remove(keyOf(unitEntry('gui-vm', 'web.service')));
      expect(await timers()).toBe(1);
      store.remove(keyOf(agentEntry('gui-vm')));
      expect(await timers()).toBe(0);
    });

    it('needs no timer once the admin stops, whatever agents do then', async () => {
      presence.addAgent(agentEntry('net-vm'), 'registered');
      polling.onApplicationShutdown();
      presence.addAgent(agentEntry('gui-vm'), 'registered');
      expect(await timers()).toBe(0);
    });
  });

  it('polls at once, then 5 s after the last answer', async () => {
    answer = ({ unit }) => new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 300));
    addAgent('web.service');
    await after(16_000);
    expect(polled).toEqual(['web.service at 0', 'web.service at 5300', 'web.service at 10600', 'web.service at 15900']);
  });

  it.each<[string, () => void]>([
    ['the registry is watched', () => (watchers = 1)],
    ['a call waits for a VM', () => (isWaiting = true)],
  ])('polls each second while %s, which begins within a second', async (_, begin) => {
    addAgent('web.service');
    await after(1_500);
    begin();
    await after(2_500);
    expect(polled).toEqual(['web.service at 0', 'web.service at 2000', 'web.service at 3000', 'web.service at 4000']);
    [watchers, isWaiting] = [0, false];
    await after(5_000);
    expect(polled.slice(4)).toEqual(['web.service at 9000']);
  });

  it('polls the units of the machine and of no other, and puts their states into the registry', async () => {
    store.put(unitEntry('gui-vm', 'web.service'));
    agents.connections.connection(vmNamed('gui-vm'));
    const [web, clock] = [unitNamed('web.service'), unitNamed('clock@0.service')];
    store.put(unitEntry('net-vm', clock, {}, 'App'));
    answer = ({ unit }) => Promise.resolve(stoppedStatus(unit));
    addAgent('web.service');
    await after(0);
    expect(polled).toEqual(['clock@0.service at 0', 'web.service at 0']);
    expect(agents.asked.every((question) => question.vm === vm && question.call === 'unitStatus')).toBe(true);
    expect(store.get(vm, web)?.status.ActiveState).toBe('inactive');
    expect(store.get(vm, clock)).toBeUndefined();
  });

  it("polls the agent's own unit when it has no others", async () => {
    addAgent();
    await after(0);
    expect(polled).toEqual(['givc-net-vm.service at 0']);
  });

  it('has at most eight calls to an agent open, and polls all units in the end', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `u${n}.service`);
    const open: (() => void)[] = [];
    answer = ({ unit }) => new Promise((resolve) => open.push(() => resolve(runningStatus(unit))));
    addAgent(...names);
    for (let answered = 0; answered < names.length; answered++) {
      await after(0);
      expect(polled).toHaveLength(Math.min(8 + answered, names.length));
      open[answered]!();
    }
    expect(polled.map((question) => question.split(' ')[0])).toEqual(names);
  });

  it('polls an agent that registers again at once, unless it reports from now on', async () => {
    addAgent('web.service');
    await after(1_200);
    presence.addAgent(agentEntry('net-vm'), 'registered');
    await after(100);
    presence.addAgent(agentEntry('net-vm'), 'reported');
    await after(0);
    expect(polled).toEqual(['web.service at 0', 'web.service at 1200']);
  });

  it('does not poll an agent without a connection', async () => {
    agents.isReachable = false;
    addAgent('web.service');
    await after(10_000);
    expect(polled).toEqual([]);
    expect(isLost()).toBe(false);
  });

  it('polls at once when there is a connection', async () => {
    agents.isReachable = false;
    addAgent('web.service');
    await after(1_200);
    agents.isReachable = true;
    agents.become(vm, 'READY');
    await after(0);
    expect(polled).toEqual(['web.service at 1200']);
  });

  it.each([
    ['IDLE', true],
    ['TRANSIENT_FAILURE', true],
    ['CONNECTING', false],
    ['SHUTDOWN', false],
  ] as const)('marks an agent as lost by its connection: %s means %s', async (state, lost) => {
    addAgent();
    await after(0);
    presence.addAgent(agentEntry('net-vm'), 'registered');
    agents.become(vm, state);
    expect(isLost()).toBe(lost);
  });

  it('never polls an agent that reports, whatever the state of its connection is', () => {
    presence.addAgent(agentEntry('net-vm'), 'reported');
    agents.become(vm, 'IDLE');
    expect(isLost()).toBe(false);
  });

  describe('of an agent that does not answer', () => {
    it.each<[string, string[]]>([
      ['with units', ['web.service']],
      ['without units', []],
    ])('marks the agent as lost, and as present once it answers, %s', async (_, units) => {
      answer = () => Promise.reject(errors.gone);
      addAgent(...units);
      await after(0);
      expect(isLost()).toBe(true);
      answer = ({ unit }) => Promise.resolve(runningStatus(unit));
      await after(5_000);
      expect(isLost()).toBe(false);
    });

    it('makes no more calls than those under way', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(errors.gone), 4_000));
      addAgent(...Array.from({ length: 20 }, (_, n) => `u${n}.service`));
      await after(4_000);
      expect(polled).toHaveLength(8);
      expect(isLost()).toBe(true);
    });

    it('continues when another answer has arrived since the call', async () => {
      answer = ({ unit }) =>
        unit === 'u0.service'
          ? new Promise((_, reject) => setTimeout(() => reject(errors.gone), 4_000))
          : new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 1_000));
      addAgent(...Array.from({ length: 40 }, (_, n) => `u${n}.service`));
      await after(7_000);
      expect(polled).toHaveLength(40);
      expect(isLost()).toBe(false);
    });

    it('does not count an answer from before the connection broke', async () => {
      answer = ({ unit }) => new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 1_000));
      addAgent('web.service');
      await after(500);
      agents.become(vm, 'TRANSIENT_FAILURE');
      await after(600);
      expect(isLost()).toBe(true);
    });

    it('polls again at once after a missed answer when the agent has registered meanwhile', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(errors.gone), 4_000));
      addAgent('web.service');
      await after(3_000);
      agents.become(vm, 'IDLE');
      presence.addAgent(agentEntry('net-vm'), 'registered');
      expect(isLost()).toBe(true);
      answer = ({ unit }) => Promise.resolve(runningStatus(unit));
      await after(1_000);
      expect(isLost()).toBe(false);
      expect(polled).toEqual(['web.service at 0', 'web.service at 4000']);
    });

    it('does not lose an agent that has begun to report meanwhile', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(errors.gone), 4_000));
      addAgent('web.service');
      await after(1_000);
      presence.addAgent(agentEntry('net-vm'), 'reported');
      await after(60_000);
      expect(isLost()).toBe(false);
      expect(polled).toHaveLength(1);
    });
  });

  describe('of an agent that answers with an error', () => {
    it.each<[string, GivcError, string[]]>([
      ['about a unit', errors.denied, ['web.service']],
      ['about itself', errors.denied, []],
    ])('does not lose the agent when it denies a call %s', async (_, error, units) => {
      answer = () => Promise.reject(error);
      addAgent(...units);
      await after(0);
      presence.handle(vm, { kind: 'missed', reason: 'gone' });
      await after(5_000);
      expect(isLost()).toBe(false);
    });

    it('records a unit that systemd does not know as stopped, and does not change any other unit', async () => {
      const [web, other] = [unitNamed('web.service'), unitNamed('other.service')];
      answer = ({ unit }) => Promise.reject(unit === web ? errors.notFound : errors.denied);
      addAgent(web, other);
      await after(0);
      expect(store.get(vm, web)?.status).toEqual(stoppedStatus(web, { LoadState: 'not-found' }));
      expect(store.get(vm, other)?.status).toEqual(runningStatus(other));
    });

    it('does not count another error as an answer', async () => {
      answer = () => Promise.reject(new TypeError('a bug'));
      addAgent('web.service');
      await after(0);
      expect(isLost()).toBe(true);
    });
  });
});
