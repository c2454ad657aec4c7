import { Access, Audit, Authorizer } from '@givc/access';
import { GivcError, transportOf } from '@givc/model';
import { processClock } from '@givc/time';
import { StandInAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  endpointOf,
  newRegistry,
  runningStatus,
  unitNamed,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { LinkService } from './link.service.js';
import { heartbeat, snapshot, StandInReportCall } from './report-call.fixture.js';

const netVm = vmNamed('net-vm');
const { unit: agentUnit, status: State } = agentEntry('net-vm');
const Transport = transportOf(endpointOf(netVm));
const Agent = { Name: agentUnit, Parent: '', Type: 8, Transport, State };
const unitOf = (Name: string) => ({
  ...{ Unit: { Name, Parent: agentUnit, Type: 9, Transport: undefined, State: runningStatus(unitNamed(Name)) } },
  ...{ Ending: undefined, SinceMs: 0 },
});

describe('the reports of agents, after the admin was frozen for an hour,', () => {
  let store: RegistryStore;
  let links: LinkService;
  let agents: StandInAgents;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    const { registry, presence, log, store: made } = newRegistry();
    store = made;
    const audit = new Audit({ write: () => undefined, reload: () => undefined, close: () => undefined });
    const access = new Access({ identity: undefined, rules: undefined, audit, denial: 'denied' });
    agents = new StandInAgents(({ unit }) => Promise.resolve(runningStatus(unit)));
    links = new LinkService(registry, presence, agents.connections, audit, new Authorizer(access, audit, log), log);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const settled = () => jest.advanceTimersByTimeAsync(0);
  /** A stream of the agent, and how it ended. */
  const open = () => {
    const opened: { readonly stream: StandInReportCall; end?: string } = { stream: new StandInReportCall('net-vm') };
    links.accept(opened.stream.call).catch(({ reason, message }: GivcError) => (opened.end = `${reason}: ${message}`));
    return opened;
  };
  const openWith = (units: string[]) => {
    const opened = open();
    opened.stream.say(snapshot({ Agent, Units: units.map(unitOf), BootId: 'boot' }));
    return opened;
  };
  const list = () => store.list().List.map(({ Name, VmStatus }) => `${Name} ${VmStatus}`);

  const thaw = async () => {
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    jest.advanceTimersToNextTimer();
    await settled();
  };

  it('are asked for at once, and the answer is heard as a word of the agent', async () => {
    const { stream } = openWith([]);
    stream.say(heartbeat);
    await thaw();
    expect(agents.asked).toEqual([{ vm: netVm, call: 'unitStatus', unit: agentUnit }]);
    expect(links.lastHeard(netVm)).toBe(performance.now());
  });

  it('lose the agent that neither answers nor says anything for the whole time, and no other', async () => {
    agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'it hangs'));
    const opened = openWith([]);
    await thaw();
    expect(links.lastHeard(netVm)).toBe(0);
    await jest.advanceTimersByTimeAsync(7_499);
    expect(list()).toEqual([`${agentUnit} Running`]);
    await jest.advanceTimersByTimeAsync(1);
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(opened.end).toBe('DEADLINE_EXCEEDED: the agent has not been heard of for too long');
  });

  describe('and its agents have given it up', () => {
    const giveUp = async (opened: ReturnType<typeof open>) => {
      opened.stream.emit('cancelled');
      await settled();
    };

    it('lose none that reports again, which changes nothing in a Watch', async () => {
      const opened = openWith(['a.service']);
      const changes: string[] = [];
      store.onChange(({ kind, entry }) => changes.push(`${kind} ${entry.unit}`));
      await thaw();
      await giveUp(opened);
      const again = openWith(['a.service']);
      await jest.advanceTimersByTimeAsync(5_000);
      again.stream.say(heartbeat);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(changes).toEqual([]);
      expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
    });

    it('notice so before any timer has noticed the freeze', async () => {
      const opened = openWith([]);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      await giveUp(opened);
      expect(list()).toEqual([`${agentUnit} Running`]);
    });

    it('lose one that does not report again within the whole time', async () => {
      const opened = openWith([]);
      await thaw();
      await giveUp(opened);
      await jest.advanceTimersByTimeAsync(7_499);
      expect(list()).toEqual([`${agentUnit} Running`]);
      await jest.advanceTimersByTimeAsync(1);
      expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    });

    it.each([
      ['lose one at once that cannot be connected', false, 'PoweredOff'],
      ['wait for one that is connected, although it does not answer yet', true, 'Running'],
    ])('%s', async (_, isReachable, then) => {
      const opened = openWith([]);
      await thaw();
      agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'no'));
      agents.isReachable = isReachable;
      await giveUp(opened);
      expect(list()).toEqual([`${agentUnit} ${then}`]);
    });

    it('wait no longer for one whose VM has stopped', async () => {
      const opened = openWith([]);
      await thaw();
      await giveUp(opened);
      store.removeMachine(netVm);
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('are not asked for when the agent has not introduced itself', async () => {
    const { stream } = open();
    await thaw();
    expect(agents.asked).toEqual([]);
    expect(stream.written).toEqual([]);
  });
});
