// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { reportedMachine } from '../machines/reported-machine.fixture.js';
import { registryItem } from '../registry/registry-item.fixture.js';
import { applicationTable, listedApplications } from './listed-application.js';

const agentOf = (vm: string) => registryItem(`givc-${vm}.service`, { VmName: vm, VmType: 'AppVM', ServiceType: 'Mgr' });
const instance = (Name: string, VmName: string, ServiceType = 'App') =>
  registryItem(Name, { VmName, VmType: 'AppVM', ServiceType });

describe('the listed applications', () => {
  it('are those that the agents report, with the instances in the same VM', () => {
    const items = [
      ...[agentOf('b-vm'), agentOf('a-vm'), agentOf('none-vm')],
      ...[
        instance('clock@0.service', 'a-vm'),
        instance('clock@1.service', 'b-vm'),
        instance('clock@2.service', 'b-vm'),
      ],
      ...[instance('clock@3.service', 'b-vm', 'Svc'), instance('other@0.service', 'b-vm')],
    ];
    const machines = [
      reportedMachine('b-vm', ['web', 'clock']),
      reportedMachine('a-vm', ['clock']),
      reportedMachine('none-vm', []),
    ];
    const rows = listedApplications(items, machines);
    expect(rows).toEqual([
      { vm_name: 'a-vm', application: 'clock', instances: ['clock@0.service'], problem: null },
      { vm_name: 'b-vm', application: 'web', instances: [], problem: null },
      { vm_name: 'b-vm', application: 'clock', instances: ['clock@1.service', 'clock@2.service'], problem: null },
    ]);
    expect(applicationTable(rows)).toEqual({
      head: ['VM', 'APPLICATION', 'INSTANCES'],
      rows: [
        ['a-vm', 'clock', 'clock@0.service'],
        ['b-vm', 'web', ''],
        ['b-vm', 'clock', 'clock@1.service, clock@2.service'],
      ],
    });
  });

  it.each([
    ['polled', 'Running', 'the agent does not report them'],
    ['lost', 'Running', 'the agent is lost'],
    ['unconfirmed', 'Running', 'the agent has not reported since the admin has restarted'],
    ['reporting', 'Running', 'the agent, or the admin, is of an earlier release'],
    ['none', 'PoweredOff', 'off'],
    ['none', 'Running', 'no agent'],
    ['', '', 'the agent, or the admin, is of an earlier release'],
  ])('are unknown of a VM whose agent is "%s" and whose status is "%s"', (agent_state, vm_status, problem) => {
    const machine = reportedMachine('a-vm', undefined, { agent_state, vm_status });
    const rows = listedApplications([agentOf('a-vm')], [machine]);
    expect(rows).toEqual([{ vm_name: 'a-vm', application: null, instances: null, problem }]);
    expect(applicationTable(rows).rows).toEqual([['a-vm', '', `unknown: ${problem}`]]);
  });

  it("do not include a row for the admin's VM without an agent", () => {
    const unit = registryItem('microvm@admin-vm.service', { VmName: 'admin-vm', VmType: 'AdmVM', ServiceType: 'VM' });
    const machine = reportedMachine('admin-vm', undefined, { vm_type: 'AdmVM', agent_state: 'none' });
    expect(listedApplications([unit], [machine])).toEqual([]);
    expect(listedApplications([unit], [{ ...machine, agent_state: 'polled' }])).toHaveLength(1);
  });
});
