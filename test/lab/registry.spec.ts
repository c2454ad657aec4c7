// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';
import { type Row } from './watched.js';

describe('the registry', () => {
  let lab: Lab;
  let rows: Row[];
  const row = (name: string, vm: string) => rows.find((one) => one.name === name && one.vm_name === vm);

  beforeAll(async () => {
    lab = await sharedLab();
    const { status, stdout } = await lab.cli(['query', '--as-json']);
    expect(status).toBe(0);
    rows = JSON.parse(stdout) as Row[];
  });

  it('lists the agent of every machine', () => {
    expect(row('givc-host.service', 'host')).toMatchObject({ status: 'Running', vm_type: 'Host', service_type: 'Mgr' });
    expect(row('givc-net-vm.service', 'net-vm')).toMatchObject({ vm_type: 'SysVM', service_type: 'Mgr' });
    expect(row('givc-gui-vm.service', 'gui-vm')).toMatchObject({ vm_type: 'SysVM', service_type: 'Mgr' });
    expect(row('givc-chrome-vm.service', 'chrome-vm')).toMatchObject({ vm_type: 'AppVM', service_type: 'Mgr' });
  });

  it('lists the VM units of the host under the VMs that they run', () => {
    for (const [vm, vm_type] of [
      ['admin-vm', 'AdmVM'],
      ['net-vm', 'SysVM'],
      ['gui-vm', 'SysVM'],
      ['chrome-vm', 'AppVM'],
    ])
      expect(row(`microvm@${vm}.service`, vm!)).toMatchObject({
        status: 'Running',
        vm_type,
        service_type: 'VM',
        agent_name: 'givc-host.service',
      });
  });

  it('lists services whether they run or not, and no targets', () => {
    expect(row('web.service', 'net-vm')).toMatchObject({ status: 'Running', service_type: 'Svc' });
    expect(row('slow.service', 'net-vm')).toMatchObject({ status: 'PoweredOff' });
    expect(row('backup.service', 'host')).toMatchObject({ status: 'PoweredOff', vm_type: 'Host' });
    expect(rows.filter(({ name }) => name.endsWith('.target'))).toEqual([]);
  });

  it('keeps units of the same name in two machines apart', () => {
    expect(row('web.service', 'net-vm')?.description).toBe('A web server');
    expect(row('web.service', 'gui-vm')?.description).toBe('Another web server');
  });

  it('returns the state of a unit', async () => {
    const { status, stdout } = await lab.cli(['get-status', 'net-vm', 'web.service']);
    expect(status).toBe(0);
    expect(stdout).toContain('active (running)');
  });

  it('names an unknown agent or unit in its error', async () => {
    const vm = await lab.cli(['get-status', 'no-vm', 'web.service']);
    expect(vm.status).not.toBe(0);
    expect(vm.stderr).toContain('no-vm');
    const unit = await lab.cli(['get-status', 'net-vm', 'nothing.service']);
    expect(unit.status).not.toBe(0);
    expect(unit.stderr).toContain('nothing.service');
  });
});
