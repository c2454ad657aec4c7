// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseVmName, type UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { parseAgentConfig } from '../agent.config.js';
import { ConfiguredUnits } from './configured-units.js';
import { agentRequest, isLast, unitEntry, unitRequest } from './registry-requests.js';
import { TrackedUnits } from './tracked-units.js';

const transport = (name: string, port: string) => ({ name, addr: '127.0.0.1', port, protocol: 'tcp' });
const configOf = (capabilities: object, identity: object = { type: 8, subType: 9, parent: 'microvm@net-vm.service' }) =>
  parseAgentConfig({
    identity: { name: 'net-vm', ...identity },
    network: {
      admin: { transport: transport('admin-vm', '9001') },
      agent: { transport: transport('net-vm', '9000') },
      tls: { enable: false },
    },
    capabilities,
  });

describe('the applications that an agent reports', () => {
  const reported = (names: readonly string[]) => {
    const { settings, allowlist } = configOf({ applications: names.map((name) => ({ name, command: '/bin/sh' })) });
    const systemd = new FakeSystemd();
    return new ConfiguredUnits(settings, allowlist, systemd, new TrackedUnits(systemd)).applications;
  };

  it('are those of its configuration, each once', () => {
    expect(reported(['chromium', 'clock', 'chromium'])).toEqual(['chromium', 'clock']);
  });

  it('are the first 200', () => {
    const names = Array.from({ length: 201 }, (_, n) => `app-${n}`);
    expect(reported(names)).toEqual(names.slice(0, 200));
  });
});

describe('the units that an agent tracks from the beginning', () => {
  let systemd: FakeSystemd;
  let units: TrackedUnits;
  beforeEach(() => {
    systemd = new FakeSystemd();
    units = new TrackedUnits(systemd);
  });

  const trackedBy = async (config: ReturnType<typeof configOf>) => {
    await new ConfiguredUnits(config.settings, config.allowlist, systemd, units).trackAll();
    return [...units.all()].map(({ unit, vm, service }) => `${unit} ${vm} ${service}`);
  };

  it('include its services, but not targets', async () => {
    const config = configOf({ services: ['web.service', 'poweroff.target', 'ssh.socket', 'nm.service'] });
    expect(await trackedBy(config)).toEqual(['web.service SysVM Svc', 'nm.service SysVM Svc']);
  });

  it('include the units of VMs, with the type of the VM', async () => {
    const vmServices = {
      adminVm: 'microvm@admin-vm.service',
      systemVms: ['microvm@net-vm.service', 'microvm@gui-vm.service'],
      appVms: ['microvm@chrome-vm.service'],
    };
    expect(await trackedBy(configOf({ services: ['web.service'], vmServices }, { type: 0, subType: 1 }))).toEqual([
      'web.service Host Svc',
      'microvm@admin-vm.service AdmVM VM',
      'microvm@net-vm.service SysVM VM',
      'microvm@gui-vm.service SysVM VM',
      'microvm@chrome-vm.service AppVM VM',
    ]);
  });

  it('include its D-Bus proxies', async () => {
    const dbusProxy = { enable: true, proxies: [{ name: 'sound', socket: '/run/sound.sock', bus: 'system' }] };
    expect(await trackedBy(configOf({ dbusProxy }))).toEqual(['dbus-proxy-sound.service SysVM Svc']);
  });

  it('include its applications that already run, and no others', async () => {
    const list = jest.spyOn(systemd, 'listUnits');
    for (const name of ['clock@0.service', 'clock@7.service', 'clock.service', 'chess@0.service'])
      systemd.define(name, { active: true });
    const applications = [
      { name: 'clock', command: '/bin/clock' },
      { name: 'idle', command: '/bin/idle' },
    ];
    expect(await trackedBy(configOf({ applications }, { type: 12, subType: 13 }))).toEqual([
      'clock@0.service AppVM App',
      'clock@7.service AppVM App',
    ]);
    expect(list).toHaveBeenCalledWith(['clock@*.service', 'idle@*.service']);
  });

  it('are empty for an agent without capabilities, which does not call systemd', async () => {
    const list = jest.spyOn(systemd, 'listUnits');
    expect(await trackedBy(configOf({}))).toEqual([]);
    expect(list).not.toHaveBeenCalled();
  });

  it('cannot be tracked while systemd is unreachable', async () => {
    systemd.goAway();
    await expect(trackedBy(configOf({ services: ['web.service'] }))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await expect(
      trackedBy(configOf({ applications: [{ name: 'clock', command: '/bin/clock' }] })),
    ).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});

describe('the registrations of an agent', () => {
  const self = {
    name: parseVmName('name', 'net-vm'),
    address: { protocol: 'tcp', host: '127.0.0.1', port: 4711 },
  } as const;
  const Transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: '4711', Name: 'net-vm' };
  const { settings } = configOf({ services: ['web.service'] });
  const web = 'web.service' as UnitName;
  const status = {
    Name: web,
    Description: 'The web',
    LoadState: 'loaded',
    ActiveState: 'failed',
    SubState: 'failed',
    Path: '/org/web',
    FreezerState: 'running',
  };
  const tracked = { unit: web, vm: 'SysVM', service: 'Svc', status, sinceMs: 5 } as const;

  it('begin with the agent, below the unit of its VM, with its endpoint, as running', () => {
    expect(agentRequest(settings, self)).toEqual({
      Name: 'givc-net-vm.service',
      Parent: 'microvm@net-vm.service',
      Type: 8,
      Transport,
      State: {
        Name: 'givc-net-vm.service',
        Description: 'GIVC agent of net-vm',
        LoadState: 'loaded',
        ActiveState: 'active',
        SubState: 'running',
        Path: '',
        FreezerState: 'running',
      },
    });
  });

  it('contain no parent for the agent of the host', () => {
    const { settings: host } = configOf({}, { type: 0, subType: 1, name: 'ghaf-host' });
    expect(agentRequest(host, self)).toMatchObject({ Name: 'givc-ghaf-host.service', Parent: '', Type: 0 });
  });

  it('include each unit, below the agent, with its state', () => {
    expect(unitRequest(settings, self, tracked)).toEqual({
      Name: 'web.service',
      Parent: 'givc-net-vm.service',
      Type: 9,
      Transport,
      State: status,
    });
  });

  it('include in a report how and when a unit has ended', () => {
    const registration = unitRequest(settings, self, tracked);
    expect(unitEntry(settings, self, tracked)).toEqual({ registration, ending: undefined, since_ms: 5 });
    const ending = { result: 'exit-code', exitStatus: 3, stopRequested: true };
    expect(unitEntry(settings, self, { ...tracked, ending })).toEqual({
      registration,
      ending: { result: 'exit-code', status: 3, stop_requested: true },
      since_ms: 5,
    });
  });

  it('remove the entry of an application that has ended, and of no other unit', () => {
    const isLastOf = (service: 'Svc' | 'App' | 'VM', ActiveState: string) =>
      isLast(unitEntry(settings, self, { ...tracked, service, status: { ...status, ActiveState } }));
    expect([isLastOf('App', 'failed'), isLastOf('App', 'inactive'), isLastOf('App', 'active')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isLastOf('Svc', 'failed'), isLastOf('VM', 'inactive')]).toEqual([false, false]);
  });
});
