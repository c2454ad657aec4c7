import { transportOf } from '@givc/model';
import {
  agentEntry,
  asked,
  endpointOf,
  newRegistry,
  reporting,
  runningStatus,
  unitEntry,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { Presence } from '../registry/presence.js';
import type { RegistryStore } from '../registry/registry-store.js';
import type { LinkService } from './link.service.js';
import { MachinesService } from './machines.service.js';

describe('the machines', () => {
  let store: RegistryStore;
  let heardAt: Map<string, number>;
  let machines: MachinesService;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ store } = newRegistry());
    heardAt = new Map();
    const links = { lastHeard: (vm: string) => heardAt.get(vm) } as unknown as LinkService;
    machines = new MachinesService(store, links);
  });
  afterEach(() => jest.useRealTimers());

  it('are those that run an agent and those that the host can run, once each, in the order of their registration', () => {
    store.put(agentEntry('host', {}, 'Host'));
    store.put(vmEntry('net-vm', { status: runningStatus(vmEntry('net-vm').unit) }));
    store.put(vmEntry('gui-vm'));
    store.put(agentEntry('net-vm', { presence: reporting() }));
    store.put(unitEntry('app-vm', 'web.service'));
    heardAt.set('net-vm', 100);
    jest.advanceTimersByTime(350);
    const where = (vm: string) => ({
      Address: '127.0.0.1:9000',
      Transport: transportOf(endpointOf(vmNamed(vm))),
    });
    expect(machines.list()).toEqual([
      { Name: 'host', VmType: 'Host', VmStatus: '', Agent: 'asked', LastWordMs: undefined, ...where('host') },
      { Name: 'net-vm', VmType: 'SysVM', VmStatus: 'Running', Agent: 'reporting', LastWordMs: 250, ...where('net-vm') },
      {
        ...{ Name: 'gui-vm', VmType: 'SysVM', VmStatus: 'PoweredOff', Agent: 'none', LastWordMs: undefined },
        ...{ Address: '', Transport: undefined },
      },
    ]);
  });

  it('have an agent of which it is not known where it listens', () => {
    store.put(agentEntry('net-vm', { endpoint: undefined }));
    expect(machines.list()).toMatchObject([{ Address: '', Transport: undefined }]);
  });

  it.each<Presence>([{ state: 'unconfirmed' }, { state: 'lost', reason: '' }, reporting(), asked()])(
    'have an agent that is as the registry has it: %o',
    (presence) => {
      store.put(agentEntry('net-vm', { presence }));
      expect(machines.list()).toMatchObject([{ Agent: presence.state }]);
    },
  );
});
