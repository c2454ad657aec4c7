// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../apps/cli/src/doctor/diagnose.js';
import type { Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const file = '/etc/givc/agent.json';
const saved = '/run/agent.json.saved';

describe('a reload of an agent', () => {
  let machine: LabMachine;
  const inMachine = (...command: string[]) => output(machine.enter(command));
  const statusText = () => inMachine('systemctl', 'show', '--property=StatusText', '--value', machine.program);

  beforeAll(async () => {
    machine = (await sharedLab()).machine('net-vm');
    await inMachine('cp', file, saved);
  });
  afterAll(async () => {
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
  });

  it('logs which keys of its file need a restart, with the command for it, and shows that until the file is as before', async () => {
    const since = Date.now();
    const needsRestart = `needs a restart: identity.parent of ${file}`;
    await inMachine('sed', '-i', 's/microvm@net-vm.service/microvm@other.service/', file);
    await inMachine('systemctl', 'reload', machine.program);
    while (!(await statusText()).includes(needsRestart));
    expect(await machine.logged(machine.program, 'reloaded', { since })).toMatch(
      `reloaded changed=nothing needsRestart=identity.parent restart="systemctl restart ${machine.program}"`,
    );
    expect(await inMachine('systemctl', 'is-active', machine.program)).toBe('active');
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
    while ((await statusText()).includes(needsRestart));
  });

  it('registers a unit that its file names now, and removes it when the file is as before, in the same process', async () => {
    const unit = 'systemd-journald.service';
    const lab = await sharedLab();
    const cli = async (...args: string[]) => (await lab.cli([...args, '--vm', 'net-vm'])).status;
    const pid = () => inMachine('systemctl', 'show', '--property=MainPID', '--value', machine.program);
    const before = await pid();
    const since = Date.now();
    expect(await cli('start', 'service', unit)).not.toBe(0);
    await inMachine('sed', '-i', `s/"web.service"/"web.service", "${unit}"/`, file);
    await inMachine('systemctl', 'reload', machine.program);
    await machine.logged(machine.program, 'reloaded changed=capabilities.services', { since });
    expect(await cli('wait', unit, '--timeout', '30')).toBe(0);
    expect(await cli('start', 'service', unit)).toBe(0);
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
    while ((await lab.cli(['query', '--by-name', unit])).stdout.includes(unit));
    expect(await cli('start', 'service', unit)).not.toBe(0);
    expect(await pid()).toBe(before);
  });

  it('applies nothing of a file with a mistake, and shows the mistake', async () => {
    await inMachine('sed', '-i', 's/"web.service"/"systemd-journald.service", "web"/', file);
    await inMachine('systemctl', 'reload', machine.program);
    while (!(await statusText()).includes(`${file} not reloaded: capabilities.services[1]: invalid unit name "web"`));
    const { stdout } = await (await sharedLab()).cli(['query', '--by-name', 'systemd-journald.service']);
    expect(stdout).not.toContain('journald');
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
    while ((await statusText()).includes('not reloaded'));
  });
});

describe('a change that only a restart applies', () => {
  let lab: Lab;
  const pendingAt = async (name: string) => {
    const { stdout } = await lab.cli(['doctor', '--as-json']);
    return (JSON.parse(stdout) as Finding[]).filter(({ id, machine }) => id === 'pending-restart' && machine === name);
  };

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('is found by givc-cli doctor in the file of an agent, with the command for it', async () => {
    const machine = lab.machine('net-vm');
    await output(machine.enter(['cp', file, saved]));
    await output(machine.enter(['sed', '-i', 's/microvm@net-vm.service/microvm@other.service/', file]));
    const found = await pendingAt('net-vm');
    await output(machine.enter(['cp', saved, file]));
    expect(found).toMatchObject([
      {
        subject: file,
        state: 'warning',
        message: expect.stringContaining('has changes that need a restart: identity.parent'),
        fix: `systemctl restart ${machine.program}`,
      },
    ]);
    expect(await pendingAt('net-vm')).toMatchObject([{ state: 'ok' }]);
  });

  it('is found by givc-cli doctor in the file of variables of the admin, as systemd reads it', async () => {
    const machine = lab.machine('admin-vm');
    const variables = '/etc/givc/admin.env';
    const shell = (script: string) => output(machine.enter(['sh', '-ec', script]));
    await shell(
      `touch ${variables}; cp ${variables} /run/admin.env.saved; echo 'GIVC_BOOT_LIMIT = "4"2' >> ${variables}`,
    );
    const found = await pendingAt('admin-vm');
    await shell(`echo GIVC_BOOT_LIMIT=x >> ${variables}`);
    const mistaken = await pendingAt('admin-vm');
    await shell(`cp /run/admin.env.saved ${variables}`);
    const fix = `systemctl restart ${machine.program}`;
    expect(found).toMatchObject([
      { state: 'warning', message: 'has changed variables that need a restart: GIVC_BOOT_LIMIT', fix },
    ]);
    expect(mistaken).toMatchObject([{ state: 'failure', message: expect.stringContaining('GIVC_BOOT_LIMIT') }]);
    expect(await pendingAt('admin-vm')).toMatchObject([{ state: 'ok' }]);
  });
});
