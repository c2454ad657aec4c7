// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { type MachineName } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const machines = ['host', 'net-vm', 'gui-vm', 'chrome-vm'] as const;

describe('locale and timezone', () => {
  let lab: Lab;
  const read = (name: MachineName, ...command: string[]) => output(lab.machine(name).enter(command));
  const environment = async (name: MachineName) => (await lab.machine(name).systemctl('show-environment')).stdout;

  /** The first line of the agent that contains this text since its machine has booted, as soon as it is logged. */
  const logged = (name: 'net-vm' | 'gui-vm', text: string) => lab.machine(name).logged(lab.machine(name).program, text);

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('reach every machine', async () => {
    expect(await lab.cli(['set-locale', 'LANG=C.UTF-8', 'LC_TIME=POSIX'])).toMatchObject({ status: 0 });
    for (const name of machines) {
      expect(await read(name, 'localectl', 'status')).toMatch(/LANG=C\.UTF-8\n.*LC_TIME=POSIX/);
      expect(await environment(name)).toMatch(/^LC_TIME=POSIX$/m);
    }
    expect(await read('admin-vm', 'cat', '/etc/locale-givc.conf')).toBe('LANG=C.UTF-8\nLC_TIME=POSIX');
  });

  it('are unset where they are empty', async () => {
    expect(await lab.cli(['set-locale', 'LC_TIME='])).toMatchObject({ status: 0 });
    for (const name of machines) {
      expect(await read(name, 'localectl', 'status')).toMatch(/^System Locale: LANG=C\.UTF-8\n +VC Keymap/);
      expect(await environment(name)).not.toMatch(/^LC_TIME=./m);
    }
  });

  it('are unset even in a session that began with them', async () => {
    expect(await lab.cli(['set-locale', 'LC_TIME=POSIX'])).toMatchObject({ status: 0 });
    expect(await lab.cli(['stop', 'service', 'microvm@chrome-vm.service', '--vm', 'host'])).toMatchObject({
      status: 0,
    });
    expect(await lab.cli(['start', 'vm', 'chrome-vm'])).toMatchObject({ status: 0 });
    expect(await environment('chrome-vm')).toMatch(/^LC_TIME=POSIX$/m);
    expect(await lab.cli(['set-locale', 'LC_TIME='])).toMatchObject({ status: 0 });
    expect(await environment('chrome-vm')).not.toMatch(/^LC_TIME=./m);
  });

  it('set the clock of every machine', async () => {
    expect(await lab.cli(['set-timezone', 'Pacific/Chatham'])).toMatchObject({ status: 0 });
    for (const name of machines)
      expect(await read(name, 'readlink', '/etc/localtime')).toBe('../usr/share/zoneinfo/Pacific/Chatham');
    expect(await read('admin-vm', 'cat', '/etc/timezone.conf')).toBe('Pacific/Chatham');
    expect(await lab.cli(['set-timezone', 'Pacific/Nowhere'])).toMatchObject({
      status: 1,
      stderr:
        'givc-cli: zone: invalid timezone "Pacific/Nowhere": expected one that "timedatectl list-timezones" lists, of /usr/share/zoneinfo\n',
    });
  });

  describe('locale and timezone of a session that polkit forbids to change its machine', () => {
    const rule = '/etc/polkit-1/rules.d/50-users.rules';
    // polkit is started again with the current rules when it is called.
    const move = (from: string, to: string) =>
      read('chrome-vm', 'sh', '-c', `mv ${from} ${to} && systemctl stop polkit.service`);
    beforeAll(() => move(rule, '/root/rule'));
    afterAll(() => move('/root/rule', rule));

    it('end with status 4 and the name of that machine, and are set for the session and elsewhere', async () => {
      const { status, stderr } = await lab.cli(['set-locale', 'LC_TIME=POSIX']);
      expect(status).toBe(4);
      expect(stderr).toMatch(/^givc-cli: the locale is set, except in 1 of 4 VMs: chrome-vm \(localectl: /m);
      for (const name of machines) expect(await environment(name)).toMatch(/^LC_TIME=POSIX$/m);
      expect(await read('net-vm', 'localectl', 'status')).toContain('LC_TIME=POSIX');
      const zone = await lab.cli(['set-timezone', 'Pacific/Apia']);
      expect(zone.status).toBe(4);
      expect(zone.stderr).toMatch(/except in 1 of 4 VMs: chrome-vm \(timedatectl: /);
    });
  });

  it('are sent to a machine that boots later', async () => {
    expect(await lab.cli(['stop', 'service', 'microvm@net-vm.service', '--vm', 'host'])).toMatchObject({ status: 0 });
    await lab.cli(['set-timezone', 'Europe/Helsinki']);
    expect(await lab.cli(['start', 'vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await logged('net-vm', 'timezone set')).toContain('Europe/Helsinki');
    expect(await read('net-vm', 'readlink', '/etc/localtime')).toBe('../usr/share/zoneinfo/Europe/Helsinki');
  });

  it('are sent to a machine that was disconnected when it is back', async () => {
    const gui = lab.machine('gui-vm');
    const watched = lab.watch();
    await gui.disconnect();
    await watched.until('it is lost', () => watched.row('givc-gui-vm.service')?.status === 'PoweredOff');
    await watched.stop();
    expect((await lab.cli(['set-timezone', 'Asia/Kathmandu'])).stderr).toContain('gui-vm (the agent is lost;');
    await gui.reconnect();
    await logged('gui-vm', 'timezone set timezone=Asia/Kathmandu');
    expect(await read('gui-vm', 'readlink', '/etc/localtime')).toBe('../usr/share/zoneinfo/Asia/Kathmandu');
    await lab.registered(['gui-vm']);
  });
});
