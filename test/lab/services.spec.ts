// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

describe('a service', () => {
  let lab: Lab;
  let watched: Watched;
  const service = (verb: 'start' | 'stop', unit: string, vm = 'net-vm') => lab.cli([verb, 'service', unit, '--vm', vm]);
  const active = async (unit: string, vm: 'net-vm' | 'gui-vm' = 'net-vm') =>
    (await lab.machine(vm).systemctl('is-active', unit)).stdout.trim();

  beforeAll(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterAll(() => watched.stop());

  it('is stopped and started, which every watch shows', async () => {
    expect(await service('stop', 'web.service')).toMatchObject({ status: 0 });
    expect(await active('web.service')).toBe('inactive');
    await watched.until('it is off', () => watched.row('web.service', 'net-vm')?.status === 'PoweredOff');
    expect(await service('start', 'web.service')).toMatchObject({ status: 0 });
    expect(await active('web.service')).toBe('active');
    await watched.until('it runs', () => watched.row('web.service', 'net-vm')?.status === 'Running');
  });

  it('stops in the named machine, and continues in another', async () => {
    await service('stop', 'web.service', 'gui-vm');
    expect(await active('web.service', 'gui-vm')).toBe('inactive');
    expect(await active('web.service', 'net-vm')).toBe('active');
    await service('start', 'web.service', 'gui-vm');
  });

  it('has started when the call returns, whatever the duration', async () => {
    expect(await service('start', 'slow.service')).toMatchObject({ status: 0 });
    expect(await active('slow.service')).toBe('active');
    await service('stop', 'slow.service');
  });

  it('is started again each time when it stays active without a process', async () => {
    for (let times = 0; times < 3; times++)
      expect(await service('start', 'once.service')).toMatchObject({ status: 0, stderr: '' });
    expect((await lab.machine('net-vm').run(['cat', '/run/once'])).stdout).toBe('done\ndone\ndone\n');
    await service('stop', 'once.service');
  });

  it("fails with systemd's result when it cannot start", async () => {
    const { status, stderr } = await service('start', 'broken.service');
    expect(status).not.toBe(0);
    expect(stderr).toContain('broken.service');
    expect(stderr).toContain('failed');
  });

  it('is not changed when it is not on the allowlist of its agent', async () => {
    const { status, stderr } = await service('stop', 'secret.service');
    expect(status).not.toBe(0);
    expect(stderr).toContain('secret.service');
    expect(await active('secret.service')).toBe('active');
  });

  it('is reported without a query when it fails by itself', async () => {
    // Before that no process would open the other end of its pipe.
    await service('start', 'fragile.service');
    const before = watched.events.length;
    await lab.machine('net-vm').run(['sh', '-c', 'echo > /run/fragile']);
    const { row } = await watched.event(
      'fragile.service is off',
      before,
      (event) => event.row.name === 'fragile.service' && event.row.status === 'PoweredOff',
    );
    expect(row.vm_name).toBe('net-vm');
    expect(await active('fragile.service')).toBe('failed');
    await service('start', 'fragile.service');
  });

  it('causes no event while it does not change', async () => {
    await service('start', 'web.service');
    const before = watched.events.length;
    await service('stop', 'web.service');
    await watched.until('it is off', () => watched.row('web.service', 'net-vm')?.status === 'PoweredOff');
    expect(watched.events.slice(before).every(({ row }) => row.name === 'web.service')).toBe(true);
    await service('start', 'web.service');
  });
});
