// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus } from '@givc/model';
import {
  agentEntry,
  agentRegistration,
  failedStatus,
  runningStatus,
  unitEntry,
  unitNamed,
  unitRegistration,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { Presence } from '../registry/agent-presence.js';
import { StartedVm, track, unit, vm } from './vm.fixture.js';

const isRunning = runningStatus(unit);
const lost: Presence = { state: 'lost', reason: 'it does not answer' };
const settled = () => jest.advanceTimersByTimeAsync(0);
const rejection = (reason: string, message: string) => expect.objectContaining({ reason, message }) as Error;

describe('the start of a VM', () => {
  let started: StartedVm;

  beforeEach(() => {
    jest.useFakeTimers();
    started = new StartedVm();
  });
  afterEach(() => jest.useRealTimers());

  it("starts the VM's unit once for concurrent callers, who are answered when the VM's agent has registered", async () => {
    const [first, second, third] = [
      track(started.vms.start(vm)),
      track(started.vms.start(vm)),
      track(started.vms.agentOf(vm)),
    ];
    await settled();
    expect(started.starts).toEqual(['host microvm@app-vm.service']);
    expect(started.vms.isWaiting).toBe(true);
    started.answer(isRunning);
    await settled();
    expect([first.outcome, second.outcome, third.outcome]).toEqual(['waits', 'waits', 'waits']);
    started.registerAgent();
    await settled();
    expect([first.outcome, second.outcome]).toEqual(['givc-app-vm.service', 'givc-app-vm.service']);
    expect(third.outcome).toMatchObject({ unit: 'givc-app-vm.service', machine: 'app-vm' });
    expect(started.starts).toHaveLength(1);
    expect(started.vms.isWaiting).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
    expect(started.lines).toContain('info: starting VM vm=app-vm');
  });

  it("starts the VM's unit again after the first start has failed", async () => {
    const first = track(started.vms.start(vm));
    await settled();
    started.answer(new GivcError('FAILED_PRECONDITION', 'host: dependency'));
    await settled();
    expect(first.outcome).toEqual(rejection('FAILED_PRECONDITION', 'host: dependency'));
    expect(started.vms.isWaiting).toBe(false);
    track(started.vms.start(vm));
    await settled();
    expect(started.starts).toHaveLength(2);
  });

  it('starts both units for two VMs', async () => {
    started.store.put(vmEntry('gui-vm'));
    track(started.vms.start(vm));
    track(started.vms.start(vmNamed('gui-vm')));
    await settled();
    expect(started.starts).toEqual(['host microvm@app-vm.service', 'host microvm@gui-vm.service']);
  });

  it('succeeds when the agent registers before the host answers', async () => {
    const start = track(started.vms.start(vm));
    await settled();
    started.registerAgent();
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('stores the state that the host returns in the registry', async () => {
    track(started.vms.start(vm));
    await settled();
    started.answer(isRunning);
    await settled();
    expect(started.store.vmEntry(vm)?.status.ActiveState).toBe('active');
  });

  it('does nothing when the VM runs and its agent is present', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    started.store.put(agentEntry('app-vm'));
    expect(await started.vms.start(vm)).toBe('givc-app-vm.service');
    expect(await started.vms.agentOf(vm)).toMatchObject({ unit: 'givc-app-vm.service' });
    expect(started.starts).toEqual([]);
  });

  it.each([
    ['inactive', stoppedStatus(unit)],
    ['failed', failedStatus(unit)],
    ['deactivating', runningStatus(unit, { ActiveState: 'deactivating' })],
  ])("starts the VM's unit although its agent is registered, when the unit is %s", async (_, status) => {
    started.store.put(vmEntry('app-vm', { status }));
    started.store.put(agentEntry('app-vm'));
    track(started.vms.start(vm));
    await settled();
    expect(started.starts).toHaveLength(1);
  });

  it.each([
    ['active', isRunning],
    ['activating', runningStatus(unit, { ActiveState: 'activating' })],
  ])('waits for the agent without a start when the unit is %s', async (_, status) => {
    started.store.put(vmEntry('app-vm', { status }));
    const start = track(started.vms.start(vm));
    await settled();
    expect(started.starts).toEqual([]);
    expect(start.outcome).toBe('waits');
    started.registerAgent();
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it.each<[string, () => void]>([
    ['reports', () => started.registerAgent()],
    ['answers', () => started.presence.handle(vm, { kind: 'answered' })],
  ])('waits for a lost agent until it %s, although it has registered', async (_, come) => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    started.store.put(agentEntry('app-vm', { presence: lost }));
    const start = track(started.vms.start(vm));
    started.registerAgent(undefined, false);
    await settled();
    expect(start.outcome).toBe('waits');
    come();
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('waits for the agent of this VM, not for another registration', async () => {
    const start = track(started.vms.start(vm));
    await settled();
    started.answer(isRunning);
    started.store.put(agentEntry('app-vm', { presence: lost }));
    started.registration.register(agentRegistration('gui-vm'), { peer: undefined, reports: true });
    started.report(isRunning);
    for (const [machine, name, status] of [
      ['gui-vm', 'web.service', stoppedStatus(unit)],
      ['gui-vm', 'givc-app-vm.service', isRunning],
      ['app-vm', 'web.service', isRunning],
    ] as const)
      started.registration.register(unitRegistration(machine, name, { status }), { peer: undefined, reports: true });
    await settled();
    expect(start.outcome).toBe('waits');
  });

  it('does not fail when another VM, or a unit in it, ends before its agent has registered', async () => {
    const start = track(started.vms.start(vm));
    await settled();
    started.answer(isRunning);
    await settled();
    for (const name of ['gui-vm', 'app-vm'])
      started.store.put(unitEntry(name, unitNamed('web.service'), { status: failedStatus(unitNamed('web.service')) }));
    started.store.put(vmEntry('gui-vm', { status: failedStatus(vmEntry('gui-vm').unit) }));
    await settled();
    expect(start.outcome).toBe('waits');
    started.registerAgent();
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('ignores a registration of the previous boot', async () => {
    started.store.put(agentEntry('app-vm', { bootId: 'old' }));
    const start = track(started.vms.start(vm));
    await settled();
    started.registerAgent('old');
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toBe('waits');
    started.registerAgent('new');
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('accepts a registration of the same boot when the VM was never down', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    started.store.put(agentEntry('app-vm', { bootId: 'same', presence: lost }));
    const start = track(started.vms.start(vm));
    started.registerAgent('same');
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it("does not wait for an agent of the admin's own VM, but starts it when it is down", async () => {
    started.store.put(vmEntry('admin-vm', { status: runningStatus(vmEntry('admin-vm').unit) }, 'AdmVM'));
    expect(await started.vms.start(vmNamed('admin-vm'))).toBe('givc-admin-vm.service');
    expect(started.starts).toEqual([]);
    started.store.put(vmEntry('admin-vm', {}, 'AdmVM'));
    track(started.vms.start(vmNamed('admin-vm')));
    await settled();
    expect(started.starts).toEqual(['host microvm@admin-vm.service']);
  });

  it('is rejected for an unknown VM, whose agent is still looked up', async () => {
    await expect(started.vms.start(vmNamed('no-vm'))).rejects.toEqual(rejection('NOT_FOUND', 'VM "no-vm" is unknown'));
    await expect(started.vms.agentOf(vmNamed('no-vm'))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    started.store.put(agentEntry('net-vm'));
    expect(await started.vms.agentOf(vmNamed('net-vm'))).toMatchObject({ machine: 'net-vm' });
    started.store.put(agentEntry('net-vm', { presence: lost }));
    expect(await started.vms.agentOf(vmNamed('net-vm'))).toMatchObject({ presence: lost });
  });

  it('sets the desired state of the VM to up, and a stop through the admin sets it to down', async () => {
    expect(started.vms.isDesiredDown(vm)).toBe(false);
    started.vms.setDesiredState(vm, 'down');
    expect(started.vms.isDesiredDown(vm)).toBe(true);
    expect(started.vms.isDesiredDown(vmNamed('gui-vm'))).toBe(false);
    track(started.vms.start(vm));
    await settled();
    expect(started.vms.isDesiredDown(vm)).toBe(false);
    started.vms.setDesiredState(vm, 'down');
    started.vms.setDesiredState(vm, 'up');
    expect(started.vms.isDesiredDown(vm)).toBe(false);
  });
});
