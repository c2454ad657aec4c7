// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminClient } from '@givc/client';
import { parseVmName, type UnitName } from '@givc/model';
import { readTlsMaterial } from '@givc/rpc';
import { DoctorSystem } from '../support/doctor-system.js';

const clock = { name: 'clock', command: '/bin/true' };
const services = ['web.service'];

function clientOf(system: DoctorSystem): AdminClient {
  const address = { protocol: 'tcp', host: '127.0.0.1', port: system.adminPort } as const;
  const [ca = '', cert = '', key = ''] = ['ca-cert.pem', 'cert.pem', 'key.pem'].map((name) => system.path('cli', name));
  return new AdminClient({ name: parseVmName('', 'admin-vm'), address }, readTlsMaterial({ ca, cert, key }));
}

describe('an agent that reads its file again', () => {
  let system: DoctorSystem;
  let client: AdminClient;

  beforeEach(async () => {
    system = await DoctorSystem.make();
    system.systemd.define('new.service', { active: true });
    system.capabilities = { services };
    await system.start();
    client = clientOf(system);
  });
  afterEach(async () => {
    client.close();
    await system.close();
  });

  const status = (UnitName: string) => client.getUnitStatus({ VmName: 'net-vm', UnitName });
  const startClock = () => client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
  const applications = async () =>
    (await client.listMachines()).machines.find(({ name }) => name === 'net-vm')!.applications?.names;

  it('registers units that were added, follows them, and lets them be controlled', async () => {
    const changed = ['capabilities.services', 'capabilities.applications'];
    const added = { services: [...services, 'new.service'], applications: [clock] };
    expect(system.reload('net-vm', added)).toContainEqual({ changed, needsRestart: [] });
    await system.untilRegistered('web.service', 'new.service');
    expect(await status('new.service')).toMatchObject({ ActiveState: 'active' });
    expect(await applications()).toEqual(['clock']);
    await client.stopService({ ServiceName: 'new.service', VmName: 'net-vm' });
    const { List } = await client.queryList();
    expect(List.find(({ Name }) => Name === 'new.service')).toMatchObject({ VmStatus: 'PoweredOff' });
    await startClock();
    await system.untilRegistered('web.service', 'new.service', 'clock@0.service');
  });

  it('removes units that are no longer there, without a loss of the agent, and rejects calls for them', async () => {
    const events: string[] = [];
    const hangUp = new AbortController();
    const watch = client.watch({ signal: hangUp.signal });
    await watch.next();
    system.reload('net-vm', { services: ['new.service'] });
    for await (const event of watch) {
      if (!('item' in event)) continue;
      events.push(`${event.type} ${event.item.Name} ${event.item.VmStatus}`);
      if (event.type === 'removed') break;
    }
    expect(events).toEqual(['added new.service Running', 'removed web.service Running']);
    await expect(status('web.service')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('starts a removed application no more, and lists and controls its instances until they end', async () => {
    system.reload('net-vm', { services, applications: [clock] });
    await system.untilRegistered('web.service');
    await startClock();
    await startClock();
    system.reload('net-vm', { services: ['web.service', 'new.service'] });
    await system.untilRegistered('web.service', 'new.service', 'clock@0.service', 'clock@1.service');
    await expect(startClock()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await client.pauseApplication({ AppName: 'clock@0.service', VmName: 'net-vm', Args: [] });
    await client.resumeApplication({ AppName: 'clock@0.service', VmName: 'net-vm', Args: [] });
    await client.stopApplication({ AppName: 'clock@0.service', VmName: 'net-vm', Args: [] });
    system.systemd.exit('clock@1.service' as UnitName);
    await system.untilRegistered('web.service', 'new.service');
    await expect(status('clock@1.service')).rejects.toThrow();
  });

  it('applies all that it can, and names the keys that need a restart', async () => {
    expect(system.reload('net-vm', { services: ['new.service'], hwid: { enable: true } })).toContainEqual({
      changed: ['capabilities.services'],
      needsRestart: ['capabilities.hwid.enable'],
    });
    await system.untilRegistered('new.service');
  });

  it('applies nothing of a file with a mistake, and logs the mistake', async () => {
    const file = system.path('net-vm.json');
    const mistaken = { services: ['new.service', 'web'], applications: [clock] };
    expect(system.reload('net-vm', mistaken)).toContainEqual({ kept: [file] });
    expect(system.errors).toEqual([expect.stringMatching(/net-vm.json not reloaded, .*capabilities\.services\[1\]: /)]);
    await expect(status('new.service')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(await status('web.service')).toMatchObject({ ActiveState: 'active' });
    await expect(startClock()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    system.reload('net-vm', { services: ['new.service'] });
    await system.untilRegistered('new.service');
  });

  it('answers a call during a reload when the registry has its effect', async () => {
    const web = { ServiceName: 'web.service', VmName: 'net-vm' };
    const stateOf = async () => (await client.queryList()).List.find(({ Name }) => Name === 'web.service')?.VmStatus;
    const stopped = client.stopService(web);
    system.reload('net-vm', { services: ['new.service', 'web.service'] });
    await stopped;
    expect(await stateOf()).toBe('PoweredOff');
    const started = client.startService(web);
    system.reload('net-vm', { services: ['web.service'] });
    await started;
    expect(await stateOf()).toBe('Running');
    await system.untilRegistered('web.service');
  });

  it('keeps the last of several files, however soon they follow each other', async () => {
    for (let round = 0; round < 5; round++) {
      system.reload('net-vm', { services: ['new.service'] });
      system.reload('net-vm', { services: ['new.service', 'web.service'] });
      system.reload('net-vm', { services: [] });
    }
    system.reload('net-vm', { services: ['new.service'] });
    await system.untilRegistered('new.service');
    await client.stopService({ ServiceName: 'new.service', VmName: 'net-vm' });
    await system.untilRegistered('new.service');
  });
});

describe('an agent whose rules restrict its callers', () => {
  it('still rejects what they deny after a reload', async () => {
    const system = await DoctorSystem.make();
    system.systemd.define('new.service', { active: true });
    system.capabilities = { services };
    const text = 'permit(principal, action == Command::"GetUnitStatus", resource);\n';
    system.accessControl = { enable: true, rulesFile: system.write('agent.cedar', text) };
    await system.start();
    const client = clientOf(system);
    system.reload('net-vm', { services: [...services, 'new.service'] });
    await system.untilRegistered('web.service', 'new.service');
    const stopped = client.stopService({ ServiceName: 'new.service', VmName: 'net-vm' });
    await expect(stopped).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    client.close();
    await system.close();
  });
});
