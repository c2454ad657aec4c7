// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

describe('a VM', () => {
  let lab: Lab;
  let watched: Watched;
  const status = (name: string) => watched.row(name)?.status;
  const powerOff = async (vm: 'chrome-vm' | 'gui-vm') => {
    await lab.machine('host').systemctl('stop', `microvm@${vm}.service`);
    await watched.until(`${vm} is off`, () => status(`microvm@${vm}.service`) === 'PoweredOff');
  };

  beforeAll(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterAll(() => watched.stop());

  it('is booted after a shutdown, and its agent is back when the call returns', async () => {
    await powerOff('gui-vm');
    expect(await lab.cli(['start', 'vm', 'gui-vm'])).toMatchObject({ status: 0 });
    const list = JSON.parse((await lab.cli(['query', '--as-json'])).stdout) as { name: string; status: string }[];
    expect(list.find(({ name }) => name === 'givc-gui-vm.service')?.status).toBe('Running');
    expect(list.find(({ name }) => name === 'microvm@gui-vm.service')?.status).toBe('Running');
  });

  it('is booted again while it is still shutting down', async () => {
    await lab.machine('host').systemctl('stop', '--no-block', 'microvm@gui-vm.service');
    await watched.until('gui-vm is on its way down', () => status('microvm@gui-vm.service') === 'PoweredOff');
    expect(await lab.cli(['start', 'vm', 'gui-vm'])).toMatchObject({ status: 0 });
    await watched.until('the agent is back', () => status('givc-gui-vm.service') === 'Running');
  });

  it('is booted when an application is started in it', async () => {
    await powerOff('chrome-vm');
    expect(await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm'])).toMatchObject({ status: 0 });
    await watched.until('clock runs', () => status('clock@0.service') === 'Running');
    await lab.cli(['stop', 'app', 'clock@0.service']);
  });

  it('has its applications removed from the registry when it crashes', async () => {
    await lab.registered(['chrome-vm']);
    await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
    await watched.until('clock runs', () => status('clock@0.service') === 'Running');
    await lab.machine('chrome-vm').crash();
    await watched.until('clock is gone', () => status('clock@0.service') !== 'Running');
    await watched.until('the VM is off', () => status('microvm@chrome-vm.service') === 'PoweredOff');
    expect(await lab.cli(['start', 'vm', 'chrome-vm'])).toMatchObject({ status: 0 });
  });

  it('is shown as off when it crashes, and is booted again without a request if it is a system VM', async () => {
    const before = watched.events.length;
    await lab.machine('net-vm').crash();
    await watched.event(
      'its unit fails',
      before,
      ({ row }) => row.name === 'microvm@net-vm.service' && row.status === 'PoweredOff',
    );
    await watched.event(
      'its services are back',
      before,
      ({ row, kind }) => kind === 'UnitRegistered' && row.name === 'web.service' && row.vm_name === 'net-vm',
    );
    await watched.until('its services run', () => watched.row('web.service', 'net-vm')?.status === 'Running');
  });

  it('is named in the error when it is unknown', async () => {
    const { status: code, stderr } = await lab.cli(['start', 'vm', 'no-vm']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('no-vm');
  });
});
