import { GivcError, stoppedStatus, type UnitStatus } from '@givc/model';
import { StandInAgents, type Question } from '../agents/agents.fixture.js';
import type { VmService } from '../lifecycle/vm.service.js';
import { agentEntry, newRegistry, runningStatus, unitEntry, unitNamed, vmNamed } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { PresenceService } from '../registry/presence.service.js';
import type { RegistryService } from '../registry/registry.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import type { WatchService } from '../registry/watch.service.js';
import { PollingService } from './polling.service.js';

const vm = vmNamed('net-vm');
const refusals = {
  gone: new GivcError('UNAVAILABLE', 'gone'),
  notFound: new GivcError('NOT_FOUND', 'no such unit'),
  denied: new GivcError('PERMISSION_DENIED', 'not in the allowlist'),
};

describe('the polling of agents', () => {
  let store: RegistryStore;
  let registry: RegistryService;
  let presence: PresenceService;
  let polling: PollingService;
  let agents: StandInAgents;
  let watchers: number;
  let isWaiting: boolean;
  /** Each question, as `UNIT at MILLISECONDS`. */
  let asked: string[];
  let answer: (question: Question) => Promise<UnitStatus>;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ store, registry, presence } = newRegistry());
    [watchers, isWaiting, asked] = [0, false, []];
    answer = ({ unit }) => Promise.resolve(runningStatus(unit));
    agents = new StandInAgents((question) => {
      asked.push(`${question.unit} at ${performance.now()}`);
      return answer(question);
    });
    const watches = Object.defineProperty({}, 'count', { get: () => watchers }) as WatchService;
    const vms = Object.defineProperty({}, 'isWaiting', { get: () => isWaiting }) as VmService;
    polling = new PollingService(registry, store, presence, agents.connections, watches, vms);
  });
  afterEach(() => {
    polling.onApplicationShutdown();
    jest.useRealTimers();
  });

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  /** How many timers run once what has just happened has settled. */
  const timers = async () => {
    await after(0);
    return jest.getTimerCount();
  };
  /** An agent that does not report, with these units, to which there is a connection. */
  const addAgent = (...units: string[]) => {
    for (const name of units) store.put(unitEntry('net-vm', name));
    agents.connections.of(vm);
    presence.introduce(agentEntry('net-vm'), 'registered');
  };
  const isLost = () => presence.of(vm)?.state === 'lost';

  describe('takes timers:', () => {
    it('none while all agents report', async () => {
      presence.introduce(agentEntry('net-vm'), 'reported');
      presence.introduce(agentEntry('gui-vm'), 'reported');
      expect(await timers()).toBe(0);
    });

    it('none for units, and one for each agent that does not report, until it reports or leaves', async () => {
      store.put(unitEntry('net-vm', 'web.service'));
      store.put(unitEntry('gui-vm', 'web.service'));
      expect(await timers()).toBe(0);
      presence.introduce(agentEntry('net-vm'), 'registered');
      presence.introduce(agentEntry('gui-vm'), 'registered');
      presence.introduce(agentEntry('gui-vm'), 'registered');
      expect(await timers()).toBe(2);
      await after(60_000);
      expect(await timers()).toBe(2);
      presence.introduce(agentEntry('net-vm'), 'reported');
      expect(await timers()).toBe(1);
      store.remove(keyOf(unitEntry('gui-vm', 'web.service')));
      expect(await timers()).toBe(1);
      store.remove(keyOf(agentEntry('gui-vm')));
      expect(await timers()).toBe(0);
    });

    it('none once the admin stops, whatever agents do then', async () => {
      presence.introduce(agentEntry('net-vm'), 'registered');
      polling.onApplicationShutdown();
      presence.introduce(agentEntry('gui-vm'), 'registered');
      expect(await timers()).toBe(0);
    });
  });

  it('asks at once, then 5 s after the last answer', async () => {
    answer = ({ unit }) => new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 300));
    addAgent('web.service');
    await after(16_000);
    expect(asked).toEqual(['web.service at 0', 'web.service at 5300', 'web.service at 10600', 'web.service at 15900']);
  });

  it.each<[string, () => void]>([
    ['the registry is watched', () => (watchers = 1)],
    ['a VM is waited for', () => (isWaiting = true)],
  ])('asks each second while %s, which begins within a second', async (_, begin) => {
    addAgent('web.service');
    await after(1_500);
    begin();
    await after(2_500);
    expect(asked).toEqual(['web.service at 0', 'web.service at 2000', 'web.service at 3000', 'web.service at 4000']);
    [watchers, isWaiting] = [0, false];
    await after(5_000);
    expect(asked.slice(4)).toEqual(['web.service at 9000']);
  });

  it('asks about all units of the machine and of no other, and puts what it learns into the registry', async () => {
    store.put(unitEntry('gui-vm', 'web.service'));
    agents.connections.of(vmNamed('gui-vm'));
    const [web, clock] = [unitNamed('web.service'), unitNamed('clock@0.service')];
    store.put(unitEntry('net-vm', clock, {}, 'App'));
    answer = ({ unit }) => Promise.resolve(stoppedStatus(unit));
    addAgent('web.service');
    await after(0);
    expect(asked).toEqual(['clock@0.service at 0', 'web.service at 0']);
    expect(agents.asked.every((question) => question.vm === vm && question.call === 'unitStatus')).toBe(true);
    expect(store.get(vm, web)?.status.ActiveState).toBe('inactive');
    expect(store.get(vm, clock)).toBeUndefined();
  });

  it('asks an agent without units about the agent itself', async () => {
    addAgent();
    await after(0);
    expect(asked).toEqual(['givc-net-vm.service at 0']);
  });

  it('has at most eight questions to an agent open, and asks all of them in the end', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `u${n}.service`);
    const open: (() => void)[] = [];
    answer = ({ unit }) => new Promise((resolve) => open.push(() => resolve(runningStatus(unit))));
    addAgent(...names);
    for (let answered = 0; answered < names.length; answered++) {
      await after(0);
      expect(asked).toHaveLength(Math.min(8 + answered, names.length));
      open[answered]!();
    }
    expect(asked.map((question) => question.split(' ')[0])).toEqual(names);
  });

  it('asks an agent that registers again at once, unless it reports from now on', async () => {
    addAgent('web.service');
    await after(1_200);
    presence.introduce(agentEntry('net-vm'), 'registered');
    await after(100);
    presence.introduce(agentEntry('net-vm'), 'reported');
    await after(0);
    expect(asked).toEqual(['web.service at 0', 'web.service at 1200']);
  });

  it('asks no agent whose connection does not stand', async () => {
    agents.isReachable = false;
    addAgent('web.service');
    await after(10_000);
    expect(asked).toEqual([]);
    expect(isLost()).toBe(false);
  });

  it('asks at once when the connection stands', async () => {
    agents.isReachable = false;
    addAgent('web.service');
    await after(1_200);
    agents.isReachable = true;
    agents.become(vm, 'READY');
    await after(0);
    expect(asked).toEqual(['web.service at 1200']);
  });

  it.each([
    ['IDLE', true],
    ['TRANSIENT_FAILURE', true],
    ['CONNECTING', false],
    ['SHUTDOWN', false],
  ] as const)('marks an agent as lost by its connection: %s means %s', async (state, lost) => {
    addAgent();
    await after(0);
    presence.introduce(agentEntry('net-vm'), 'registered');
    agents.become(vm, state);
    expect(isLost()).toBe(lost);
  });

  it('leaves an agent alone that reports, whatever its connection is', () => {
    presence.introduce(agentEntry('net-vm'), 'reported');
    agents.become(vm, 'IDLE');
    expect(isLost()).toBe(false);
  });

  describe('of an agent that does not answer', () => {
    it.each<[string, string[]]>([
      ['with units', ['web.service']],
      ['without units', []],
    ])('marks the agent as lost, and as back once it answers, %s', async (_, units) => {
      answer = () => Promise.reject(refusals.gone);
      addAgent(...units);
      await after(0);
      expect(isLost()).toBe(true);
      answer = ({ unit }) => Promise.resolve(runningStatus(unit));
      await after(5_000);
      expect(isLost()).toBe(false);
    });

    it('asks nothing more than what is on its way', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(refusals.gone), 4_000));
      addAgent(...Array.from({ length: 20 }, (_, n) => `u${n}.service`));
      await after(4_000);
      expect(asked).toHaveLength(8);
      expect(isLost()).toBe(true);
    });

    it('goes on when another answer has arrived since it asked', async () => {
      answer = ({ unit }) =>
        unit === 'u0.service'
          ? new Promise((_, reject) => setTimeout(() => reject(refusals.gone), 4_000))
          : new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 1_000));
      addAgent(...Array.from({ length: 40 }, (_, n) => `u${n}.service`));
      await after(7_000);
      expect(asked).toHaveLength(40);
      expect(isLost()).toBe(false);
    });

    it('does not take an answer of before its connection broke for a sign of the agent', async () => {
      answer = ({ unit }) => new Promise((resolve) => setTimeout(() => resolve(runningStatus(unit)), 1_000));
      addAgent('web.service');
      await after(500);
      agents.become(vm, 'TRANSIENT_FAILURE');
      await after(600);
      expect(isLost()).toBe(true);
    });

    it('asks it again as soon as its answer is missed when it has registered meanwhile', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(refusals.gone), 4_000));
      addAgent('web.service');
      await after(3_000);
      agents.become(vm, 'IDLE');
      presence.introduce(agentEntry('net-vm'), 'registered');
      expect(isLost()).toBe(true);
      answer = ({ unit }) => Promise.resolve(runningStatus(unit));
      await after(1_000);
      expect(isLost()).toBe(false);
      expect(asked).toEqual(['web.service at 0', 'web.service at 4000']);
    });

    it('leaves the agent alone that has begun to report meanwhile', async () => {
      answer = () => new Promise((_, reject) => setTimeout(() => reject(refusals.gone), 4_000));
      addAgent('web.service');
      await after(1_000);
      presence.introduce(agentEntry('net-vm'), 'reported');
      await after(60_000);
      expect(isLost()).toBe(false);
      expect(asked).toHaveLength(1);
    });
  });

  describe('of an agent that answers by a refusal', () => {
    it.each<[string, GivcError, string[]]>([
      ['about a unit', refusals.denied, ['web.service']],
      ['about itself', refusals.denied, []],
    ])('knows that the agent is there, %s', async (_, refusal, units) => {
      answer = () => Promise.reject(refusal);
      addAgent(...units);
      await after(0);
      presence.hear(vm, { kind: 'missed', reason: 'gone' });
      await after(5_000);
      expect(isLost()).toBe(false);
    });

    it('records a unit that systemd does not know as stopped, and leaves any other as it was', async () => {
      const [web, other] = [unitNamed('web.service'), unitNamed('other.service')];
      answer = ({ unit }) => Promise.reject(unit === web ? refusals.notFound : refusals.denied);
      addAgent(web, other);
      await after(0);
      expect(store.get(vm, web)?.status).toEqual(stoppedStatus(web, { LoadState: 'not-found' }));
      expect(store.get(vm, other)?.status).toEqual(runningStatus(other));
    });

    it('does not take another error for an answer', async () => {
      answer = () => Promise.reject(new TypeError('a bug'));
      addAgent('web.service');
      await after(0);
      expect(isLost()).toBe(true);
    });
  });
});
