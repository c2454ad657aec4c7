import { Log } from '@givc/log';
import { agentUnit, parseVmName, stoppedStatus } from '@givc/model';
import { GrpcDialer } from '@givc/rpc';
import { type AdminConfig } from '../admin.config.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { VmService } from '../lifecycle/vm.service.js';
import { keyOf, type RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import { WatchService } from '../registry/watch.service.js';
import { PollingService } from './polling.service.js';

function agentEntry(name: string, reports: boolean): RegistryEntry {
  const vm = parseVmName('name', name);
  const unit = agentUnit(vm);
  return {
    unit,
    type: { vm: 'SysVM', service: 'Mgr' },
    status: stoppedStatus(unit),
    vm,
    machine: vm,
    agent: unit,
    reports,
  };
}

describe('the polling of agents', () => {
  let store: RegistryStore;
  let polling: PollingService;

  beforeEach(() => {
    jest.useFakeTimers();
    store = new RegistryStore();
    const log = new Log('error', () => undefined);
    const config = { bootLimitMs: 1_000 } as AdminConfig;
    const registry = new RegistryService(store, log, config);
    const agents = new AgentConnections(registry, store, new GrpcDialer(undefined));
    const vms = new VmService(registry, store, agents, config, log);
    polling = new PollingService(registry, store, agents, new WatchService(store), vms);
  });
  afterEach(() => {
    polling.onApplicationShutdown();
    jest.useRealTimers();
  });

  /** How many timers run once what has just happened has settled. */
  const timers = async () => {
    await jest.advanceTimersByTimeAsync(0);
    return jest.getTimerCount();
  };

  it('needs no timer while all agents report', async () => {
    store.put(agentEntry('net-vm', true));
    store.put(agentEntry('gui-vm', true));
    expect(await timers()).toBe(0);
  });

  it('needs one for each agent that does not, until it reports or leaves', async () => {
    store.put(agentEntry('net-vm', false));
    store.put(agentEntry('gui-vm', false));
    store.put(agentEntry('gui-vm', false));
    expect(await timers()).toBe(2);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await timers()).toBe(2);
    store.put(agentEntry('net-vm', true));
    expect(await timers()).toBe(1);
    store.remove(keyOf(agentEntry('gui-vm', false)));
    expect(await timers()).toBe(0);
  });

  it('needs none once the admin stops, whatever agents do then', async () => {
    store.put(agentEntry('net-vm', false));
    polling.onApplicationShutdown();
    store.put(agentEntry('gui-vm', false));
    expect(await timers()).toBe(0);
  });
});
