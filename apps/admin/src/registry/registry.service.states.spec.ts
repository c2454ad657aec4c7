// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus, type UnitName, type UnitStatus } from '@givc/model';
import {
  agentEntry,
  agentRegistration,
  failedStatus,
  newRegistry,
  runningStatus,
  unitEntry,
  unitNamed,
  instanceRegistration,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from './registry.fixture.js';

const [netVm, guiVm, host] = [vmNamed('net-vm'), vmNamed('gui-vm'), vmNamed('host')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

describe('the registry of what agents say and answer', () => {
  let { registry, store, lines, presence, register, agentOf, list } = newRegistry();
  beforeEach(() => ({ registry, store, lines, presence, register, agentOf, list } = newRegistry({ hostName: host })));

  describe('that polls an agent', () => {
    const observed = (status: UnitStatus, unit = web) => registry.observe(netVm, unit, () => Promise.resolve(status));

    it('records the answer for a registered unit, and none for another', async () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      await observed(stoppedStatus(web));
      await observed(runningStatus(unitNamed('other.service')), unitNamed('other.service'));
      expect(list()).toEqual(['givc-net-vm.service Running', 'web.service PoweredOff']);
    });

    it.each<[string, (status: UnitStatus) => unknown]>([
      ['registered the unit', (status) => register(unitRegistration(netVm, web, { status }))],
      ['carried out a command', (status) => registry.command(netVm, web, () => Promise.resolve(status))],
    ])('ignores an answer when the agent has %s since the query or the command', async (_, happen) => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      for (const way of ['observe', 'command'] as const) {
        await registry[way](netVm, web, async () => {
          await happen(runningStatus(web));
          return stoppedStatus(web);
        });
        expect(list()).toContain('web.service Running');
      }
    });

    it("records a command's result even if the answer to a later query arrived first", async () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      await registry.command(netVm, web, async () => {
        await observed(runningStatus(web));
        return stoppedStatus(web);
      });
      expect(list()).toContain('web.service PoweredOff');
    });

    it('ignores the answer of an agent that reports by itself', async () => {
      register(agentRegistration(netVm), true);
      register(unitRegistration(netVm, web), true);
      await observed(stoppedStatus(web));
      expect(list()).toContain('web.service Running');
    });

    it('removes an application when the answer is that it has ended', async () => {
      register(agentRegistration(netVm));
      register(instanceRegistration(netVm, runningStatus(clock)));
      await observed(runningStatus(clock, { FreezerState: 'frozen' }), clock);
      expect(list()).toContain('clock@0.service Paused');
      await observed(stoppedStatus(clock), clock);
      expect(store.get(netVm, clock)).toBeUndefined();
    });

    it('remembers through answers that a unit was stopped on request, until it runs again', async () => {
      store.put(agentEntry('net-vm'));
      store.put(unitEntry('net-vm', web, { status: failedStatus(web), stopRequested: true }));
      await observed(stoppedStatus(web));
      expect(store.get(netVm, web)?.stopRequested).toBe(true);
      await observed(runningStatus(web));
      expect(store.get(netVm, web)?.stopRequested).toBeUndefined();
    });
  });

  describe.each(['observe', 'command'] as const)('that receives an answer, by %s,', (way) => {
    const vm = vmEntry('net-vm').unit;
    const answered = (unit: UnitName, status: UnitStatus, meanwhile: () => void = () => undefined) =>
      registry[way](host, unit, () => {
        meanwhile();
        return Promise.resolve(status);
      });

    beforeEach(() => {
      register(agentRegistration(host));
      register(vmRegistration(netVm, stoppedStatus(vm)));
    });

    it('ignores an answer about a unit that was not registered at the time of the query', async () => {
      await answered(web, stoppedStatus(web), () => register(unitRegistration(host, web)));
      expect(list()).toContain('web.service Running');
    });

    it('removes the agent of a VM that is down, also when the VM was never seen to run', async () => {
      register(agentRegistration(netVm));
      await answered(vm, stoppedStatus(vm));
      expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service PoweredOff']);
    });

    it('ignores the answer that a VM is down when its agent has registered since the query', async () => {
      await answered(vm, stoppedStatus(vm), () => register(agentRegistration(netVm)));
      expect(agentOf(netVm)).toBeDefined();
    });

    it('records that a VM runs also when its agent has registered since the query', async () => {
      await answered(vm, runningStatus(vm), () => register(agentRegistration(netVm)));
      expect(list()).toContain('microvm@net-vm.service Running');
    });

    it('removes the agent of a VM that is down when the agent was lost since the query', async () => {
      register(agentRegistration(netVm));
      await answered(vm, stoppedStatus(vm), () => presence.handle(netVm, { kind: 'missed', reason: 'no connection' }));
      expect(agentOf(netVm)).toBeUndefined();
    });
  });

  describe('of an agent that is lost while its VM does not run', () => {
    beforeEach(() => {
      register(agentRegistration(host), true);
      register(vmRegistration(netVm, stoppedStatus(vmEntry('net-vm').unit)), true);
      register(agentRegistration(netVm), true);
      register(unitRegistration(netVm, web), true);
    });
    const lose = () => presence.handle(netVm, { kind: 'streamEnded' });

    it('has nothing left, and no loss is logged', () => {
      lose();
      expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service PoweredOff']);
      expect(lines.join('\n')).not.toContain('agent lost');
    });

    it.each<[string, () => void]>([
      ['is lost, too', () => presence.handle(host, { kind: 'streamEnded' })],
      ['is not confirmed', () => registry.restore(undefined, [agentEntry('host', {}, 'Host')])],
      [
        'does not report',
        () => {
          presence.handle(host, { kind: 'streamEnded' });
          presence.handle(host, { kind: 'answered' });
        },
      ],
    ])('keeps it while the host, whose report on VMs may be outdated, %s', (_, happen) => {
      happen();
      lose();
      expect(presence.of(netVm)?.state).toBe('lost');
    });
  });

  it('restores agents as unconfirmed, and units as they were', () => {
    registry.restore(undefined, [agentEntry('net-vm'), unitEntry('net-vm', web)]);
    expect([...store.entries()].map((entry) => entry.presence)).toEqual([{ state: 'unconfirmed' }, undefined]);
  });

  it('forgets every unit of a machine but its agent and those that are named, and logs the end of applications', () => {
    register(agentRegistration(netVm), true);
    register(unitRegistration(netVm, web), true);
    register(unitRegistration(netVm, 'other.service'), true);
    register(instanceRegistration(netVm, runningStatus(clock)), true);
    register(agentRegistration(guiVm));
    register(unitRegistration(guiVm, web));
    registry.forgetOthers(netVm, ['other.service']);
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
