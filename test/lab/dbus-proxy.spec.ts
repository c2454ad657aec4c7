// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { gdbus, signals, type Method } from './bus-clients.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { labBus, user } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

const timedate = ['org.freedesktop.timedate1', '/org/freedesktop/timedate1', 'org.freedesktop.timedate1'] as const;
const zones: Method = [...timedate, 'ListTimezones'];
const properties: Method = [timedate[0], timedate[1], 'org.freedesktop.DBus.Properties', 'Get'];
const timezone = [timedate[0], 'Timezone'];
const unit = 'dbus-proxy-lab.service';

describe('a D-Bus proxy', () => {
  let lab: Lab;
  let netVm: LabMachine;
  let watched: Watched;
  const call = (method: Method, ...args: string[]) => gdbus(netVm, labBus.filtered, method, ...args);
  const show = async (property: string, of = unit, machine = netVm) =>
    (await machine.systemctl('show', `--property=${property}`, '--value', of)).stdout.trim();
  const runs = (of = unit) => watched.until(`${of} runs`, () => watched.row(of)?.status === 'Running');
  const inNetVm = (script: string) => output(netVm.enter(['sh', '-c', script]));

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    watched = lab.watch();
    await runs();
  });
  afterAll(() => watched.stop());

  it('is in the registry like the units of its machine', () => {
    expect(watched.row(unit)).toMatchObject({
      vm_name: 'net-vm',
      service_type: 'Svc',
      description: 'D-Bus proxy "lab"',
    });
  });

  it('passes the permitted methods, properties and signals', async () => {
    expect(await call(zones)).toMatchObject({ status: 0, stdout: expect.stringContaining("'Europe/Helsinki'") });
    expect(await call(properties, ...timezone)).toMatchObject({ status: 0 });
    const changes = await signals(netVm, labBus.filtered, timedate[0]);
    for (const zone of ['Europe/Helsinki', 'Etc/UTC']) {
      await netVm.run(['timedatectl', 'set-timezone', zone]);
      await changes.line(`'Timezone': <'${zone}'>`);
    }
    await changes.stop();
  });

  it.each<[string, Method, string[], string]>([
    ['another method', [...timedate, 'SetTimezone'], ['UTC', 'false'], 'AccessDenied'],
    [
      'a name that is visible only',
      ['org.freedesktop.hostname1', '/', 'org.freedesktop.DBus.Peer', 'Ping'],
      [],
      'AccessDenied',
    ],
    [
      'a name that is not visible',
      ['org.freedesktop.systemd1', '/', 'org.freedesktop.DBus.Peer', 'Ping'],
      [],
      'ServiceUnknown',
    ],
  ])('rejects %s', async (_what, method, args, error) => {
    const { status, stderr } = await call(method, ...args);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`org.freedesktop.DBus.Error.${error}`);
  });

  it('is started again when it is killed, and replaces the socket that it has left', async () => {
    const before = watched.events.length;
    const pid = await show('MainPID');
    await netVm.systemctl('kill', '--signal=KILL', unit);
    await watched.event('it is off', before, ({ row }) => row.name === unit && row.status === 'PoweredOff');
    await runs();
    expect(await show('MainPID')).not.toBe(pid);
    expect(await call(properties, ...timezone)).toMatchObject({ status: 0 });
  });

  it('continues while its agent restarts', async () => {
    const [pid, started] = [await show('MainPID'), watched.events.length];
    await netVm.systemctl('restart', netVm.program);
    await watched.event(
      'the agent is back',
      started,
      ({ row }) => row.name === netVm.program && row.status === 'Running',
    );
    expect(await show('MainPID')).toBe(pid);
    expect(await call(zones)).toMatchObject({ status: 0 });
  });

  it('is confined in its machine, and only its user can connect to it', async () => {
    expect(await show('CapabilityBoundingSet')).toBe('');
    expect(await show('PrivateNetwork')).toBe('yes');
    expect(await inNetVm('stat -c "%U %a" /run/lab-bus/socket /run/nobody-bus/socket')).toBe('root 700\nnobody 700');
    expect(await inNetVm(`stat -c %U /proc/${await show('MainPID', 'dbus-proxy-nobody.service')}`)).toBe('nobody');
  });

  it('is not started again after repeated failures, with one line in the log, until a caller starts it', async () => {
    const proxyOfNobody = 'dbus-proxy-nobody.service';
    const [complaint, since] = ['D-Bus proxy ended too often', Date.now()];
    const lines = async () => (await netVm.journal(netVm.program)).split(complaint).length - 1;
    const before = await lines();
    await inNetVm('chown root /run/nobody-bus');
    await netVm.systemctl('kill', '--signal=KILL', proxyOfNobody);
    await netVm.logged(netVm.program, complaint, { since });
    await watched.until('it is off', () => watched.row(proxyOfNobody)?.status === 'PoweredOff');
    await inNetVm('chown nobody /run/nobody-bus');
    expect(await lab.cli(['start', 'service', proxyOfNobody, '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await lines()).toBe(before + 1);
    await runs(proxyOfNobody);
  });

  it('costs one line in the log where its program is missing, and starts on request once it is installed', async () => {
    const lines = async () =>
      (await netVm.journal(netVm.program)).match(/proxy=lab .*install the package xdg-dbus-proxy/g) ?? [];
    const before = watched.events.length;
    await netVm.systemctl('stop', unit);
    await inNetVm('mount --bind /dev/null /usr/bin/xdg-dbus-proxy');
    try {
      await netVm.systemctl('restart', netVm.program);
      await watched.event(
        'the agent is back',
        before,
        ({ row }) => row.name === netVm.program && row.status === 'Running',
      );
      const { status, stderr } = await lab.cli(['start', 'service', unit, '--vm', 'net-vm']);
      expect(status).not.toBe(0);
      expect(stderr).toContain('install the package xdg-dbus-proxy');
      expect(await lines()).toHaveLength(1);
    } finally {
      await inNetVm('umount /usr/bin/xdg-dbus-proxy');
    }
    for (const proxy of [unit, 'dbus-proxy-nobody.service']) {
      expect(await lab.cli(['restart', 'service', proxy, '--vm', 'net-vm'])).toMatchObject({ status: 0 });
      await runs(proxy);
    }
  });

  it('runs in the session of a user, too', async () => {
    const chromeVm = lab.machine('chrome-vm');
    const socket = `unix:path=/run/user/${user.uid}/session-bus/socket`;
    const list = ['gdbus', 'call', '--address', socket, '--dest', 'org.freedesktop.DBus', '--object-path', '/'];
    const names = await output(chromeVm.enter([...list, '--method', 'org.freedesktop.DBus.ListNames'], 'user'));
    expect(names).toMatch(/^\(\['org\.freedesktop\.DBus', ':1\.\d+'\],\)$/);
    expect(await show('NoNewPrivileges', 'dbus-proxy-session.service', chromeVm)).toBe('yes');
  });
});
