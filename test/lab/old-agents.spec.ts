// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminListens, registryConfirmed } from '../bench/connect.js';
import { type Lab } from './lab.js';
import { machineCheckout, programUnit, rootOf } from './plan.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

const vms = ['net-vm', 'chrome-vm'] as const;
const machines = ['host', ...vms] as const;
const vmUnit = 'microvm@net-vm.service';
const agent = programUnit('net-vm');

/** A unit file on the disk of a machine, so that it persists after a boot (systemd.unit(5)). */
const folderOf = (name: (typeof machines)[number]): string =>
  join(rootOf(name), `etc/systemd/${name === 'chrome-vm' ? 'user' : 'system'}/${programUnit(name)}.d`);

const standIn = `[Service]
Type=exec
WorkingDirectory=${machineCheckout}
ExecStart=
ExecStart=/usr/local/bin/node --import tsx ${machineCheckout}/test/lab/old-agent-main.ts /etc/givc/agent.json
`;

describe('agents of the original implementation on the host and in two VMs', () => {
  let lab: Lab;
  let watched: Watched;
  const status = (name: string) => watched.row(name, 'net-vm')?.status;
  const restart = async () => {
    const host = lab.machine('host');
    await host.systemctl('daemon-reload');
    const since = watched.events.length;
    await host.systemctl('restart', programUnit('host'));
    await watched.event('the agent of the host ends', since, ({ row }) => row.name === programUnit('host'));
    await watched.until('it is back', () => watched.row(programUnit('host'))?.status === 'Running');
    await host.systemctl('restart', ...vms.map((vm) => `microvm@${vm}.service`));
    for (const vm of vms) {
      await watched.event(
        `the agent of ${vm} goes`,
        since,
        ({ row, kind }) => row.name === programUnit(vm) && (kind === 'UnitShutdown' || row.status === 'PoweredOff'),
      );
      await watched.until('it registers', () => watched.row(programUnit(vm))?.status === 'Running');
    }
  };
  const stopVm = async (vm: (typeof vms)[number]) => {
    const unit = `microvm@${vm}.service`;
    await lab.machine('host').systemctl('stop', unit);
    await watched.until('it is off', () => watched.row(unit)?.status === 'PoweredOff');
    await watched.until('nothing of it is left', () =>
      watched.rows.every(({ vm_name, name }) => vm_name !== vm || name === unit),
    );
  };
  const polled = async () => {
    const { stdout } = await lab.cli(['status']);
    return machines.filter((name) => new RegExp(`^.*${programUnit(name)} .* polled`, 'm').test(stdout));
  };

  const startApplication = async (name: string) => {
    expect(await lab.cli(['start', 'app', name, '--vm', 'chrome-vm'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${name}@0.service`),
    });
    await watched.until('it runs', () => watched.row(`${name}@0.service`)?.status === 'Running');
  };
  /** The application ends by itself then. */
  const closeDialog = async () => {
    const vm = lab.machine('chrome-vm');
    await vm.changeIn('/tmp', (folder) => existsSync(join(folder, 'dialog')));
    await vm.run(['sh', '-c', 'echo > /tmp/dialog; rm /tmp/dialog']);
  };

  beforeAll(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
    for (const name of machines) {
      mkdirSync(folderOf(name), { recursive: true });
      writeFileSync(join(folderOf(name), 'stand-in.conf'), standIn);
    }
    await restart();
  });
  afterAll(async () => {
    for (const name of machines) rmSync(folderOf(name), { recursive: true });
    await restart();
    await watched.stop();
  });

  it('do not report, and are polled', async () => {
    expect(await polled()).toEqual(machines);
  });

  it('have unknown applications, which are started nevertheless', async () => {
    const { stdout } = await lab.cli(['applications']);
    for (const vm of machines)
      expect(stdout).toMatch(new RegExp(`^${vm} +- +unknown: the agent does not report them$`, 'm'));
    expect(stdout.trim().split('\n')).toHaveLength(1 + machines.length);
    expect(await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm'])).toMatchObject({ status: 0 });
    expect(await lab.cli(['stop', 'app', 'clock@0'])).toMatchObject({ status: 0 });
    await watched.until('it has left', () => watched.row('clock@0.service') === undefined);
  });

  it('lose a stopped VM and all of its units from the registry, until StartVM has booted it', async () => {
    await stopVm('net-vm');
    expect(await lab.cli(['start', 'vm', 'net-vm'])).toMatchObject({ status: 0 });
    await watched.until('its services are back', () => status('web.service') === 'Running');
    expect(status(agent)).toBe('Running');
  });

  it('have a killed VM of SERVICES started again, and its agent is in the registry afterwards', async () => {
    const since = watched.events.length;
    await lab.machine('net-vm').crash();
    const event = (what: string, matches: (name: string, kind: string, status: string) => boolean) =>
      watched.event(what, since, ({ row, kind }) => matches(row.name, kind, row.status));
    await event('its unit fails', (name, _, state) => name === vmUnit && state === 'PoweredOff');
    await event('its agent leaves', (name, kind) => name === agent && kind === 'UnitShutdown');
    await event('its agent is new', (name, kind) => name === agent && kind === 'UnitRegistered');
    expect(await lab.cli(['get-status', 'net-vm', 'web.service'])).toMatchObject({ status: 0 });
  });

  it('do not restart a running service', async () => {
    await watched.until('it runs', () => status('web.service') === 'Running');
    const main = async () => (await lab.machine('net-vm').systemctl('show', '-P', 'MainPID', 'web.service')).stdout;
    const before = await main();
    expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await main()).toBe(before);
  });

  it.each<[string, () => Promise<void>]>([
    ['runs', () => Promise.resolve()],
    ['was stopped before', () => stopVm('chrome-vm')],
  ])('have an application started in a VM that %s, and it leaves the registry when it ends', async (_, prepare) => {
    await prepare();
    await startApplication('dialog');
    await closeDialog();
    await watched.until('it has left', () => watched.row('dialog@0.service') === undefined);
    expect(watched.row(programUnit('chrome-vm'))?.status).toBe('Running');
  });

  it('get the locale and the timezone like other agents, and again when they register again', async () => {
    const netVm = lab.machine('net-vm');
    const settings = async (name: 'gui-vm' | (typeof machines)[number]) => {
      const machine = lab.machine(name);
      const [locale, zone, environment] = await Promise.all([
        machine.run(['localectl', 'status']),
        machine.run(['readlink', '/etc/localtime']),
        machine.systemctl('show-environment'),
      ]);
      return [
        locale.stdout.split('VC Keymap')[0]!.trim(),
        zone.stdout.trim(),
        environment.stdout.match(/^LC_TIME=.*$/m)?.[0],
      ];
    };
    const expected: readonly unknown[] = [
      expect.stringMatching(/LANG=C\.UTF-8\s+LC_TIME=POSIX$/),
      '../usr/share/zoneinfo/Pacific/Chatham',
      'LC_TIME=POSIX',
    ];
    expect(await lab.cli(['set-locale', 'LANG=C.UTF-8', 'LC_TIME=POSIX'])).toMatchObject({ status: 0 });
    expect(await lab.cli(['set-timezone', 'Pacific/Chatham'])).toMatchObject({ status: 0 });
    const all = ['gui-vm', ...machines] as const;
    expect(await Promise.all(all.map(settings))).toEqual(all.map(() => expected));

    await netVm.run(['localectl', 'set-locale', 'LC_TIME=C.UTF-8']);
    await netVm.run(['timedatectl', 'set-timezone', 'UTC']);
    await netVm.systemctl('unset-environment', 'LC_TIME');
    const since = Date.now();
    await netVm.systemctl('restart', agent);
    for (const rpc of ['LocaleSet', 'TimezoneSet']) await netVm.logged(agent, rpc, { since });
    expect(await settings('net-vm')).toEqual(expected);
  });

  it('never register again, and a restarted admin lists all of them with their changes meanwhile', async () => {
    const [clock, admin, host] = ['clock@0.service', lab.machine('admin-vm'), lab.machine('host')];
    const rows = () => watched.rows.map(({ vm_name, name, status: is }) => `${vm_name} ${name} ${is}`).sort();
    const processes = () =>
      Promise.all(
        machines.map(
          async (name) => (await lab.machine(name).systemctl('show', '-P', 'MainPID', programUnit(name))).stdout,
        ),
      );
    for (const name of ['clock', 'dialog']) await startApplication(name);
    await watched.until('its agent and its service run', () =>
      [agent, 'web.service'].every((name) => status(name) === 'Running'),
    );
    const [before, programs] = [rows(), await processes()];
    await watched.stop();
    await admin.systemctl('stop', 'givc-admin.service');
    await lab.machine('net-vm').systemctl('stop', 'web.service');
    await host.systemctl('start', 'backup.service');
    await closeDialog();
    await admin.systemctl('start', 'givc-admin.service');
    await adminListens();
    await registryConfirmed();
    watched = lab.watch();
    const after = before
      .filter((row) => !row.includes('dialog@0.service'))
      .map((row) => row.replace('net-vm web.service Running', 'net-vm web.service PoweredOff'))
      .map((row) => row.replace('backup.service PoweredOff', 'backup.service Running'));
    expect(after.filter((row) => before.includes(row))).toHaveLength(before.length - 3);
    await watched.until('the registry is whole', () => rows().join('\n') === after.join('\n'));
    expect(await polled()).toEqual(machines);
    expect(await processes()).toEqual(programs);
    await host.systemctl('stop', 'backup.service');
    expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await lab.cli(['stop', 'app', clock])).toMatchObject({ status: 0 });
    await watched.until('it has left', () => watched.row(clock) === undefined);
  });
});
