// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import {
  agentRegistration,
  failedStatus,
  instanceRegistration,
  newRegistry,
  runningStatus,
  unitNamed,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from './registry.fixture.js';

const [netVm, guiVm, host] = [vmNamed('net-vm'), vmNamed('gui-vm'), vmNamed('host')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

describe('the state of a unit that its agent reports', () => {
  let { units, store, lines, register, list } = newRegistry();
  beforeEach(() => ({ units, store, lines, register, list } = newRegistry()));

  it('remembers that a unit was stopped on request until it runs again', () => {
    const asked = { stop_requested: true, result: 'timeout', status: 9 };
    register(agentRegistration(netVm), true);
    register(unitRegistration(netVm, web, { status: failedStatus(web), ending: asked }), true);
    expect(store.get(netVm, web)?.stopRequested).toBe(true);
    register(unitRegistration(netVm, web, { status: failedStatus(web) }), true);
    expect(store.get(netVm, web)?.stopRequested).toBe(true);
    register(
      unitRegistration(netVm, web, { status: failedStatus(web), ending: { ...asked, stop_requested: false } }),
      true,
    );
    expect(store.get(netVm, web)?.stopRequested).toBe(false);
    register(unitRegistration(netVm, web, { ending: asked }), true);
    expect(store.get(netVm, web)?.stopRequested).toBeUndefined();
  });

  it('removes an application that has ended and logs once how it ended', () => {
    const [asked, byItself] = [{ stop_requested: true }, { stop_requested: false }];
    register(agentRegistration(netVm), true);
    for (const ending of [
      { ...asked, result: 'success', status: 0 },
      { ...byItself, result: 'success', status: 0 },
      { ...byItself, result: 'exit-code', status: 1 },
      undefined,
    ]) {
      register(instanceRegistration(netVm, runningStatus(clock)), true);
      for (let time = 0; time < 2; time++)
        register(instanceRegistration(netVm, stoppedStatus(clock), { ending }), true);
      expect(store.get(netVm, clock)).toBeUndefined();
    }
    expect(lines.filter((line) => line.includes('ended'))).toEqual([
      'info: application ended unit=clock@0.service vm=net-vm how=stopped result=success status=0',
      'info: application ended unit=clock@0.service vm=net-vm how="closed itself" result=success status=0',
      'info: application ended unit=clock@0.service vm=net-vm how=crashed result=exit-code status=1',
      'info: application ended unit=clock@0.service vm=net-vm',
    ]);
  });

  it('keeps an ended unit with its state when it is not an application', () => {
    register(agentRegistration(netVm));
    register(unitRegistration(netVm, web, { status: stoppedStatus(web) }));
    expect(list()).toEqual(['givc-net-vm.service Running', 'web.service PoweredOff']);
  });

  it("removes the agent and the units of a VM that is down, and keeps the VM's own unit", () => {
    register(agentRegistration(host));
    register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)));
    register(agentRegistration(netVm));
    register(unitRegistration(netVm, web));
    register(agentRegistration(guiVm));
    register(vmRegistration(netVm, runningStatus(vmEntry('net-vm').unit)));
    expect(list()).toContain('web.service Running');
    register(vmRegistration(netVm, stoppedStatus(vmEntry('net-vm').unit)));
    expect(list()).toEqual([
      'givc-host.service Running',
      'microvm@net-vm.service PoweredOff',
      'givc-gui-vm.service Running',
    ]);
  });

  it('removes the units of a machine except its agent and the named ones, and logs the end of applications', () => {
    register(agentRegistration(netVm), true);
    register(unitRegistration(netVm, web), true);
    register(unitRegistration(netVm, 'other.service'), true);
    register(instanceRegistration(netVm, runningStatus(clock)), true);
    register(agentRegistration(guiVm));
    register(unitRegistration(guiVm, web));
    units.forgetOthers(netVm, ['other.service']);
    expect(list()).toEqual([
      'givc-net-vm.service Running',
      'other.service Running',
      'givc-gui-vm.service Running',
      'web.service Running',
    ]);
    expect(lines.filter((line) => line.includes('ended'))).toEqual([
      'info: application ended unit=clock@0.service vm=net-vm',
    ]);
  });
});
