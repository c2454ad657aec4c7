// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus, type UnitStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  newRegistry,
  reporting,
  runningStatus,
  unitEntry,
  unitNamed,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { UnitStates } from './unit-states.js';

const vm = vmNamed('net-vm');
const web = unitNamed('web.service');

describe('the state of a unit', () => {
  let store: RegistryStore;
  let agents: FakeAgents;
  let states: UnitStates;
  let now: UnitStatus | Error;

  beforeEach(() => {
    const made = newRegistry();
    ({ store } = made);
    now = runningStatus(web);
    agents = new FakeAgents(() => (now instanceof Error ? Promise.reject(now) : Promise.resolve(now)));
    states = new UnitStates(made.calls, made.presence, agents.connections);
    store.put(agentEntry('net-vm'));
    store.put(unitEntry('net-vm', web, { status: stoppedStatus(web) }));
  });

  const calls = () => agents.asked.map(({ call }) => call);
  const known = () => store.get(vm, web)?.status.ActiveState;

  it('is requested from an agent that does not report, and stored in the registry', async () => {
    expect(await states.refresh(vm, web)).toBe(now);
    expect(calls()).toEqual(['unitStatus']);
    expect(known()).toBe('active');
  });

  it('is not requested from an agent that reports', async () => {
    store.put(agentEntry('net-vm', { presence: reporting() }));
    expect(await states.refresh(vm, web)).toBeUndefined();
    expect(calls()).toEqual([]);
    expect(known()).toBe('inactive');
  });

  it('is undefined when the agent does not know the unit', async () => {
    now = new GivcError('NOT_FOUND', 'net-vm: error fetching unit status: web.service');
    expect(await states.refresh(vm, web)).toBeUndefined();
  });

  it('fails when the agent fails', async () => {
    now = new GivcError('UNAVAILABLE', 'gone');
    await expect(states.refresh(vm, web)).rejects.toBe(now);
  });
});
