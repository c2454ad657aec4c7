// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeIn } from './folder-change.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { Machine } from './machine.js';
import { labControlGroup } from './namespaces.js';
import { addresses, bridge, containerOf, doorOf, linkOf, programUnit, rootOf } from './plan.js';
import { output, run } from './run.js';
import { sharedLab } from './shared-lab.js';
import { networkUnit } from './units.js';

const name = 'gui-vm';
const vmUnit = `microvm@${name}.service`;

describe('a machine of the lab', () => {
  let lab: Lab;
  let machine: LabMachine;
  beforeAll(async () => {
    lab = await sharedLab();
    machine = lab.machine(name);
  });

  it('gets its address as soon as its link exists, even when the link appears after its first process', async () => {
    const link = linkOf(name);
    const address = async () => (await machine.run(['ip', '-brief', 'address', 'show', 'host0'])).stdout;
    const since = Date.now();
    await output(['ip', 'link', 'delete', link]);
    const restarted = machine.systemctl('restart', networkUnit);
    await machine.logged(networkUnit, 'waiting for the link host0', { since });
    expect(await address()).toBe('');
    await output(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'host0', 'netns', String(machine.leader())]);
    await output(['ip', 'link', 'set', link, 'master', bridge, 'up']);
    expect(await restarted).toMatchObject({ status: 0 });
    expect(await address()).toContain(`${addresses[name]}/24`);
    await lab.registered([name]);
  });
});

describe('a lab that is mended', () => {
  it('has the NetworkManager of net-vm again after the system bus was restarted there', async () => {
    const lab = await sharedLab();
    const netVm = lab.machine('net-vm');
    await output(netVm.enter(['systemctl', 'restart', 'dbus.service']));
    await lab.mend();
    expect((await netVm.systemctl('is-active', 'NetworkManager.service')).stdout.trim()).toBe('active');
    expect(await lab.cli(['wifi', 'status'])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('a machine of the lab that does not boot', () => {
  let lab: Lab;
  const dropIn = join(rootOf(name), `etc/systemd/system/${programUnit(name)}.d`);
  beforeAll(async () => {
    lab = await sharedLab();
    await output(lab.machine('host').enter(['systemctl', 'stop', vmUnit]));
  });
  afterAll(async () => {
    rmSync(dropIn, { recursive: true });
    await lab.mend();
  });

  /**
   * Boots the machine with these lines in the unit of its program, waiting at most `limit`; returns why it has not
   * booted.
   */
  async function failure(lines: readonly string[], limit = new AbortController().signal): Promise<string> {
    mkdirSync(dropIn, { recursive: true });
    writeFileSync(join(dropIn, 'failure.conf'), ['[Service]', 'Restart=no', ...lines, ''].join('\n'));
    const machine = Machine.boot(name, mkdtempSync(join(labControlGroup()!, `${name}.failure-`)), limit);
    writeFileSync(containerOf(name), `${machine.pid}\n`);
    try {
      return await machine.booted.then(
        () => 'it has booted',
        (error: Error) => error.message,
      );
    } finally {
      machine.pullPlug();
      await machine.ended;
      // Two links cannot have the same name.
      expect(await run(['ip', 'link', 'show', linkOf(name)])).toMatchObject({ status: 1 });
      rmSync(containerOf(name));
    }
  }

  it('fails with the end of its journal and its failed units when its program fails', async () => {
    const message = await failure(['ExecStart=', `ExecStart=/bin/sh -c 'echo a mistake in line 7; exit 2'`]);
    expect(message).toContain('gui-vm has not booted: its program is failed\n');
    expect(message).toMatch(/^failed units of gui-vm:\n {2}givc-gui-vm\.service /m);
    expect(message).toMatch(/^journal of gui-vm:\n(.*\n)*.*: a mistake in line 7\n/m);
  });

  it('fails with the end of its journal when it ends', async () => {
    const end = 'echo the end is near; journalctl --sync; systemctl --force --force poweroff';
    // With all rights; the unit itself has few.
    const message = await failure([`ExecStartPre=+/bin/sh -c '${end}'`]);
    expect(message).toContain('gui-vm has not booted: it has ended\n');
    expect(message).toMatch(/^journal of gui-vm:\n(.*\n)*.*: the end is near\n/m);
  });

  it('fails with the end of its journal and its unfinished jobs when neither happens in time', async () => {
    const hung = join(doorOf(name), 'hung');
    const limit = new AbortController();
    const message = failure(
      [`ExecStartPre=+/bin/sh -c 'echo waiting for a key; echo > /lab/hung; exec sleep infinity'`],
      limit.signal,
    );
    await changeIn(doorOf(name), () => existsSync(hung));
    rmSync(hung);
    limit.abort(new Error('not in time'));
    expect(await message).toContain('gui-vm has not booted: not in time\n');
    expect(await message).toMatch(/^jobs of gui-vm:\n(.*\n)*.* givc-gui-vm\.service +start +running$/m);
    expect(await message).toMatch(/^journal of gui-vm:\n(.*\n)*.*: waiting for a key\n/m);
  });
});
