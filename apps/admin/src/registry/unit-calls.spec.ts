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

const [netVm, host] = [vmNamed('net-vm'), vmNamed('host')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

describe('a call to an agent about a unit', () => {
  let { calls, store, presence, register, agentOf, list } = newRegistry();
  beforeEach(() => ({ calls, store, presence, register, agentOf, list } = newRegistry({ hostName: host })));

  describe('by a poll', () => {
    const observed = (status: UnitStatus, unit = web) => calls.observe(netVm, unit, () => Promise.resolve(status));

    it('records the answer for a registered unit only', async () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      await observed(stoppedStatus(web));
      await observed(runningStatus(unitNamed('other.service')), unitNamed('other.service'));
      expect(list()).toEqual(['givc-net-vm.service Running', 'web.service PoweredOff']);
    });

    it.each<[string, (status: UnitStatus) => unknown]>([
      ['registered the unit', (status) => register(unitRegistration(netVm, web, { status }))],
      ['carried out a command', (status) => calls.command(netVm, web, () => Promise.resolve(status))],
    ])('ignores an answer when the agent has %s since the query or the command', async (_, happen) => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      for (const way of ['observe', 'command'] as const) {
        await calls[way](netVm, web, async () => {
          await happen(runningStatus(web));
          return stoppedStatus(web);
        });
        expect(list()).toContain('web.service Running');
      }
    });

    it("records a command's result even if the answer to a later query arrived first", async () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      await calls.command(netVm, web, async () => {
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

  describe.each(['observe', 'command'] as const)('by %s', (way) => {
    const vm = vmEntry('net-vm').unit;
    const answered = (unit: UnitName, status: UnitStatus, meanwhile: () => void = () => undefined) =>
      calls[way](host, unit, () => {
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
});
