// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus, type UnitStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  newRegistry,
  runningStatus,
  unitEntry,
  unitNamed,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { MachineWatches } from './machine-watches.js';
import { UnitStarter } from './unit-starter.js';
import { UnitService } from './unit.service.js';
import { UnitStates } from './unit-states.js';
import { VmService } from './vm.service.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];
const web = unitNamed('web.service');
const vmUnit = vmEntry('net-vm').unit;

describe('a unit', () => {
  let store: RegistryStore;
  let vms: VmService;
  let units: UnitService;
  let agents: FakeAgents;

  beforeEach(() => {
    const made = newRegistry();
    ({ store } = made);
    const { lookup, calls, presence, config, log } = made;
    agents = new FakeAgents(({ call, unit }) =>
      Promise.resolve<UnitStatus>(call === 'startUnit' ? runningStatus(unit) : stoppedStatus(unit)),
    );
    const states = new UnitStates(calls, presence, agents.connections);
    vms = new VmService(lookup, calls, store, presence, agents.connections, states, config, log);
    const machineWatches = new MachineWatches(presence, store, agents.connections);
    const starter = new UnitStarter(calls, agents.connections, machineWatches, states);
    units = new UnitService(store, lookup, calls, agents.connections, vms, starter);
    store.put(agentEntry('net-vm'));
    store.put(unitEntry('net-vm', web, { status: stoppedStatus(web) }));
    store.put(agentEntry('host', {}, 'Host'));
    store.put(vmEntry('net-vm'));
  });

  const asked = () => agents.asked.map(({ vm, call, unit }) => `${vm} ${call} ${unit}`);
  const state = () => store.get(netVm, web)?.status.ActiveState;

  it('is started and stopped by the agent of the named VM, and the returned states are in the registry', async () => {
    expect(await units.start({ unit: web, vm: netVm })).toBe('givc-net-vm.service');
    expect(state()).toBe('active');
    await units.stop({ unit: web, vm: netVm });
    expect(state()).toBe('inactive');
    expect(asked()).toEqual([
      'net-vm unitStatus web.service',
      'net-vm startUnit web.service',
      'net-vm stopUnit web.service',
    ]);
  });

  it('is started and stopped on behalf of the caller', async () => {
    await units.start({ unit: web, vm: netVm }, 'gui-vm');
    await units.stop({ unit: web, vm: netVm }, 'gui-vm');
    expect(agents.asked.map(({ call, caller }) => `${call} ${caller}`)).toEqual([
      'unitStatus gui-vm',
      'startUnit gui-vm',
      'stopUnit gui-vm',
    ]);
  });

  it('is looked up in the registry when no VM is named', async () => {
    expect(await units.start({ unit: web, vm: undefined })).toBe('givc-net-vm.service');
    expect(asked()).toEqual(['net-vm unitStatus web.service', 'net-vm startUnit web.service']);
    store.put(unitEntry('gui-vm', web));
    await expect(units.stop({ unit: web, vm: undefined })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'ServiceName: web.service is in net-vm, gui-vm: name one of them',
    });
    await expect(units.stop({ unit: unitNamed('other.service'), vm: undefined })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
    expect(asked()).toHaveLength(2);
  });

  it('keeps its state in the registry while its agent cannot be reached', async () => {
    agents.isReachable = false;
    agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'away'));
    await expect(units.start({ unit: web, vm: netVm })).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(state()).toBe('inactive');
  });

  it('sets the desired state of the VM that it runs when it is started or stopped, before the agent is called', async () => {
    const desiredDown: boolean[] = [];
    agents.answer = ({ unit }) => {
      desiredDown.push(vms.isDesiredDown(netVm));
      return Promise.resolve(stoppedStatus(unit));
    };
    await units.stop({ unit: vmUnit, vm: vmNamed('host') });
    await units.start({ unit: vmUnit, vm: vmNamed('host') });
    expect(desiredDown).toEqual([true, false, false]);
  });

  it('sets the desired state of a VM that it powers off to down, unless the call fails', async () => {
    const [poweroff, reboot] = [unitNamed('poweroff.target'), unitNamed('reboot.target')];
    const isDown = () => vms.isDesiredDown(netVm);
    await units.start({ unit: reboot, vm: netVm });
    expect(isDown()).toBe(false);
    const desiredDown: boolean[] = [];
    agents.answer = () => {
      desiredDown.push(isDown());
      return Promise.reject(new GivcError('PERMISSION_DENIED', 'not in the allowlist'));
    };
    await expect(units.start({ unit: poweroff, vm: netVm })).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect([desiredDown, isDown()]).toEqual([[true], false]);
    vms.setDesiredState(netVm, 'down');
    await expect(units.start({ unit: poweroff, vm: netVm })).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(isDown()).toBe(true);
    vms.setDesiredState(netVm, 'up');
    agents.answer = ({ unit }) => Promise.resolve(runningStatus(unit));
    await units.start({ unit: poweroff, vm: netVm });
    expect(isDown()).toBe(true);
  });

  it('does not set a desired state when its VM is not registered', async () => {
    await units.stop({ unit: vmEntry('gui-vm').unit, vm: vmNamed('host') });
    await units.stop({ unit: web, vm: netVm });
    expect([vms.isDesiredDown(guiVm), vms.isDesiredDown(netVm)]).toEqual([false, false]);
  });
});
