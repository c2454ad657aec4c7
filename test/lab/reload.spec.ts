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
    const needsRestart = `needs a restart: capabilities.services of ${file}`;
    await inMachine('sed', '-i', 's/"web.service"/"web.service", "new.service"/', file);
    await inMachine('systemctl', 'reload', machine.program);
    while (!(await statusText()).includes(needsRestart));
    expect(await machine.logged(machine.program, 'reloaded', { since })).toMatch(
      `reloaded changed=nothing needsRestart=capabilities.services restart="systemctl restart ${machine.program}"`,
    );
    expect(await inMachine('systemctl', 'is-active', machine.program)).toBe('active');
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
    while ((await statusText()).includes(needsRestart));
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
