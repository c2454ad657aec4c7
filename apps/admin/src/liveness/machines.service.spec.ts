// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { transportOf } from '@givc/model';
import {
  agentEntry,
  endpointOf,
  newRegistry,
  polled,
  reporting,
  runningStatus,
  unitEntry,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { Presence } from '../registry/agent-presence.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { MachinesService } from './machines.service.js';
import type { ReportingAgent, ReportService } from './report.service.js';

describe('the machines', () => {
  let store: RegistryStore;
  let agents: Map<string, ReportingAgent>;
  let machines: MachinesService;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ store } = newRegistry());
    agents = new Map();
    const reports = { agentOf: (vm: string) => agents.get(vm) } as unknown as ReportService;
    machines = new MachinesService(store, reports);
  });
  afterEach(() => jest.useRealTimers());

  it('include those with an agent and those that the host can run, once each, in the order of registration', () => {
    store.put(agentEntry('host', {}, 'Host'));
    store.put(vmEntry('net-vm', { status: runningStatus(vmEntry('net-vm').unit) }));
    store.put(vmEntry('gui-vm'));
    store.put(agentEntry('net-vm', { presence: reporting() }));
    store.put(unitEntry('app-vm', 'web.service'));
    const applications = { names: ['chromium'] };
    agents.set('net-vm', { lastSeen: 100, agentVersion: '0.1.0', protocolVersion: 1, applications });
    jest.advanceTimersByTime(350);
    const where = (vm: string) => ({
      address: '127.0.0.1:9000',
      transport: transportOf(endpointOf(vmNamed(vm))),
    });
    expect(machines.list()).toEqual([
      {
        name: 'host',
        vm_type: 'Host',
        vm_status: '',
        agent_state: 'polled',
        last_seen_ms: undefined,
        ...{ ...where('host'), agent_version: '', protocol_version: 0 },
      },
      {
        name: 'net-vm',
        vm_type: 'SysVM',
        vm_status: 'Running',
        agent_state: 'reporting',
        last_seen_ms: 250,
        ...{ ...where('net-vm'), agent_version: '0.1.0', protocol_version: 1, applications },
      },
      {
        name: 'gui-vm',
        vm_type: 'SysVM',
        vm_status: 'PoweredOff',
        agent_state: 'none',
        last_seen_ms: undefined,
        address: '',
        transport: undefined,
        agent_version: '',
        protocol_version: 0,
      },
    ]);
  });

  it.each<Presence>([{ state: 'unconfirmed' }, { state: 'lost', reason: '' }, reporting(), polled()])(
    'have agents with the state of the registry: %o',
    (presence) => {
      store.put(agentEntry('net-vm', { presence }));
      expect(machines.list()).toMatchObject([{ agent_state: presence.state }]);
    },
  );
});
