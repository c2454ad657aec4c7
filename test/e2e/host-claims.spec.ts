// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { health } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { scrape } from '../support/scrape.js';

describe('an admin without a configured name of the host', () => {
  let folder: string;
  let system: TestSystem;

  const options = () => ({
    hostName: null,
    services: ['microvm@host.service', 'microvm@net-vm.service'] as UnitName[],
    stateDirectory: folder,
    metrics: { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const,
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-host-'));
    system = await TestSystem.start(options());
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  /** Registers the machine as the host. */
  const claim = (name: string) =>
    system.client(name).registerService({
      ...{ Name: `givc-${name}.service`, Parent: '', Type: 0, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: name },
    });
  const rejectedAs = (problem: string) => ({ reason: 'PERMISSION_DENIED', message: expect.stringContaining(problem) });
  const hosts = async () =>
    (await system.client().queryList()).List.filter(({ VmType }) => VmType === 'Host').map(({ Name }) => Name);

  it('accepts no machine that SERVICES does not name; it records, logs and counts the claim, and health is unchanged', async () => {
    await expect(claim('evil-vm')).rejects.toMatchObject(rejectedAs('evil-vm is not in SERVICES'));
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
      ...{ peer: 'evil-vm', rpc: '/admin.AdminService/RegisterService' },
      ...{ request: { Name: 'givc-evil-vm.service' }, reason: expect.stringContaining('not in SERVICES') },
    });
    expect(system.admin.lines).toContainEqual(
      expect.stringMatching(/^warn: rejected as the host vm=evil-vm .*GIVC_HOST_NAME/),
    );
    expect((await scrape(system.admin.metrics)).get('givc_host_claims_refused_total')).toBe(1);
    const checked = await system.channel(system.admin).unary(health.HealthService.check, { service: '' });
    expect(checked.status).toBe(health.HealthCheckResponse_ServingStatus.SERVING);
    expect(await hosts()).toEqual([]);
  });

  it('keeps the first host that it accepted, also after a restart', async () => {
    await system.startAgent('host', { type: 0 });
    await system.untilRegistered('host');
    await expect(claim('net-vm')).rejects.toMatchObject(rejectedAs('the host of this system is host, not net-vm'));
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await system.startAdmin({ ...options(), listen: [address] });
    await expect(claim('net-vm')).rejects.toMatchObject(rejectedAs('the host of this system is host, not net-vm'));
    expect(await hosts()).toEqual(['givc-host.service']);
  });

  it('has another host once that is configured, and no entry of the previous one', async () => {
    await claim('net-vm');
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await system.startAdmin({ ...options(), hostName: 'host', listen: [address] });
    expect(await hosts()).toEqual([]);
    await claim('host');
    expect(await hosts()).toEqual(['givc-host.service']);
    await system.admin.close();
    await system.startAdmin({ ...options(), listen: [address] });
    await expect(claim('net-vm')).rejects.toMatchObject(rejectedAs('the host of this system is host, not net-vm'));
  });

  it('sends no token to the host', async () => {
    await system.startAgent('host', { type: 0, capabilities: { exec: { enable: true } } });
    await system.untilRegistered('host');
    const update = system.client().setGeneration({
      Update: { $case: 'Cachix', value: { Pin: 'pin', Cache: 'cache', Token: 'secret' } },
    });
    await expect(update.next()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('GIVC_HOST_NAME'),
    });
  });
});
