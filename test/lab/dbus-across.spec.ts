// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createConnection } from 'node:net';
import dbus from 'dbus-next';
import { busctl, gdbus, signals, type Method } from './bus-clients.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { addressOf, LabService, textOf } from './lab-service.js';
import { labBus } from './plan.js';
import { sharedLab } from './shared-lab.js';
import { stopReading } from './stalled-client.js';

const timedate = ['org.freedesktop.timedate1', '/org/freedesktop/timedate1', 'org.freedesktop.timedate1'] as const;
const service = ['org.givc.Lab', '/org/givc/Lab', 'org.givc.Lab'] as const;
const properties = 'org.freedesktop.DBus.Properties';
const mebibytes = 1024 * 1024;
const accessDenied = 'org.freedesktop.DBus.Error.AccessDenied';

describe('a bus of another machine', () => {
  let lab: Lab;
  let guiVm: LabMachine;
  let owned: LabService;
  const clients: dbus.MessageBus[] = [];

  const connect = (): dbus.MessageBus => {
    const client = dbus.sessionBus({ busAddress: addressOf(guiVm, labBus.proxied) });
    clients.push(client);
    return client;
  };
  const call = async (
    client: dbus.MessageBus,
    [destination, path, iface, member]: Method,
    signature = '',
    body: unknown[] = [],
  ) => {
    const message = new dbus.Message({ destination, path, interface: iface, member, signature, body });
    return (await client.call(message))!.body as unknown[];
  };
  const text = async (client: dbus.MessageBus, length: number) =>
    (await call(client, [...service, 'Text'], 'u', [length]))[0] as string;

  beforeAll(async () => {
    lab = await sharedLab();
    guiVm = lab.machine('gui-vm');
    owned = await LabService.start(lab.machine('net-vm'));
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(() => owned.stop());

  it('answers busctl', async () => {
    const zone = await busctl(guiVm, labBus.proxied, 'get-property', ...timedate, 'Timezone');
    expect(zone).toMatchObject({ status: 0, stdout: expect.stringMatching(/^s "\w+\/\w+"\n$/) });
    const zones = await busctl(guiVm, labBus.proxied, 'call', ...timedate, 'ListTimezones');
    expect(zones).toMatchObject({ status: 0, stdout: expect.stringContaining('"Europe/Helsinki"') });
    const denied = await busctl(guiVm, labBus.proxied, 'call', ...timedate, 'SetTimezone', 'sb', 'UTC', 'false');
    expect(denied.status).not.toBe(0);
    expect(denied.stderr).toContain('Access denied');
    const unseen = await busctl(guiVm, labBus.proxied, 'status', 'org.freedesktop.systemd1');
    expect(unseen.status).not.toBe(0);
  });

  it('answers gdbus, and passes permitted signals on to it', async () => {
    const zone = await gdbus(
      guiVm,
      labBus.proxied,
      [timedate[0], timedate[1], properties, 'Get'],
      timedate[0],
      'Timezone',
    );
    expect(zone).toMatchObject({ status: 0 });
    const denied = await gdbus(guiVm, labBus.proxied, [...service, 'Secret']);
    expect(denied.stderr).toContain(accessDenied);
    const changes = await signals(guiVm, labBus.proxied, timedate[0]);
    for (const to of ['Europe/Helsinki', 'Etc/UTC']) {
      await lab.machine('net-vm').run(['timedatectl', 'set-timezone', to]);
      await changes.line(`'Timezone': <'${to}'>`);
    }
    await changes.stop();
  });

  it('answers dbus-next, and two clients at once, each with its own answers', async () => {
    const [one, two] = [connect(), connect()];
    const [zones] = await call(one, [...timedate, 'ListTimezones']);
    expect(zones).toContain('Europe/Helsinki');
    const counts = Array.from({ length: 40 }, (_, index) => 1 + index * 997);
    const answers = await Promise.all(counts.map((count, index) => text(index % 2 ? one : two, count)));
    expect(answers.map(({ length }) => length)).toEqual(counts);
    for (const client of [one, two])
      await expect(call(client, [...service, 'Secret'])).rejects.toMatchObject({ type: accessDenied });
    expect(owned.secretsDisclosed).toBe(0);
  });

  it('sends replies of 8 MiB whole', async () => {
    const isWhole = (await text(connect(), 8 * mebibytes)) === textOf(8 * mebibytes);
    expect(isWhole).toBe(true);
  });

  it('continues for others while a client reads nothing', async () => {
    const stalled = connect();
    await text(stalled, 1);
    stopReading(stalled);
    for (let n = 0; n < 8; n++) void text(stalled, 4 * mebibytes).catch(() => undefined);
    const other = connect();
    for (let n = 0; n < 20; n++) expect(await text(other, 1000)).toHaveLength(1000);
  });

  it('rejects libdbus and GDBus of another user, and both agents log the setting that would permit it', async () => {
    const asUser = (...command: string[]) => guiVm.run(['setpriv', '--reuid=5150', '--clear-groups', ...command]);
    await guiVm.run(['chmod', '0777', labBus.proxied]);
    const address = `unix:path=${labBus.proxied}`;
    const gdbusCall = ['--dest', service[0], '--object-path', service[1], '--method', `${service[2]}.Text`, '1'];
    expect((await asUser('gdbus', 'call', '--address', address, ...gdbusCall)).stderr).toContain('EXTERNAL');
    expect((await asUser('dbus-send', `--bus=${address}`, `--dest=${service[0]}`, '/', 'a.b.C')).status).not.toBe(0);
    await guiVm.run(['chmod', '0770', labBus.proxied]);
    const setting = 'capabilities.dbusProxy.proxies[lab].user';
    for (const machine of [guiVm, lab.machine('net-vm')]) {
      const rejected = await machine.logged(machine.program, 'rejects D-Bus clients');
      expect(rejected).toContain('uid=5150');
      expect(rejected).toContain(setting);
    }
  });

  it('refuses to pass file descriptors with an error of its own', async () => {
    const socket = createConnection(addressOf(guiVm, labBus.proxied).slice('unix:path='.length)).setEncoding('latin1');
    const nextLine = async () => String((await once(socket, 'data'))[0]);
    socket.write('\0AUTH EXTERNAL 30\r\n');
    expect(await nextLine()).toMatch(/^OK [0-9a-f]+\r\n$/);
    socket.write('NEGOTIATE_UNIX_FD\r\n');
    expect(await nextLine()).toMatch(/^ERROR/);
    socket.destroy();
  });
});
