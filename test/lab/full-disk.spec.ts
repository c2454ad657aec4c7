// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Lab } from './lab.js';
import type { LabMachine } from './lab-machine.js';
import { labPolicy, machinePrograms } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const state = '/var/lib/givc';
const admin = 'givc-admin.service';

/** Mounts a small full file system over a folder. */
const covers = {
  full: (folder: string) =>
    `mount -t tmpfs -o size=64k,mode=755 tmpfs ${folder}; dd if=/dev/zero of=${folder}/fill; sync`,
  // Fills the file system instead of changing the mount, because a confined daemon has its own copy of the mount.
  'read-only': (folder: string) =>
    `mount -t tmpfs -o ro,size=64k,mode=755 tmpfs ${folder}; mount -o remount,bind,rw ${folder}`,
};
/** Makes room in the file system. Unmounting it would have no effect on a confined daemon, which has its own mount. */
const room = {
  full: (folder: string) => `rm ${folder}/fill`,
  'read-only': (folder: string) => `mount -o remount,rw ${folder}`,
};

describe.each(['full', 'read-only'] as const)('a disk that is %s', (kind) => {
  let lab: Lab;
  let since: number;
  const sh = (machine: LabMachine, script: string) => output(machine.enter(['sh', '-c', script]));
  const cover = (machine: LabMachine, folder: string) =>
    sh(machine, `mkdir -p ${folder}; ${covers[kind](folder)}; true`);
  const restartAdmin = async () => {
    await sh(lab.machine('admin-vm'), `systemctl daemon-reload; systemctl restart ${admin}`);
    await lab.registered(['host', 'net-vm', 'gui-vm', 'chrome-vm']);
  };
  /** The warnings and errors of the running program of a unit. */
  const complaints = async (machine: LabMachine, unit: string) => {
    const { stdout } = await machine.systemctl('show', '--property=MainPID', '--value', unit);
    const options = ['--output=cat', '--priority=warning', `--since=@${since / 1000}`, `_PID=${stdout.trim()}`];
    return (await machine.journalctl(...options)).split('\n').filter((line) => line !== '');
  };
  /** A command that exits with status 0. */
  const cli = async (...args: string[]) => expect(await lab.cli(args)).toMatchObject({ status: 0, stderr: '' });

  beforeAll(async () => {
    lab = await sharedLab();
  });
  beforeEach(() => {
    since = Date.now();
  });

  it('costs the admin one line for each file that it cannot write, and the admin continues', async () => {
    const adminVm = lab.machine('admin-vm');
    const dropIn = `/run/systemd/system/${admin}.d`;
    const files = { GIVC_AUDIT: 'audit', GIVC_LOCALE_FILE: 'locale.conf', GIVC_TIMEZONE_FILE: 'timezone.conf' };
    const environment = Object.entries(files).map(([name, file]) => `Environment=${name}=${state}/${file}`);
    await sh(adminVm, `mkdir -p ${dropIn}; printf '[Service]\\n${environment.join('\\n')}\\n' > ${dropIn}/files.conf`);
    await cover(adminVm, state);
    try {
      await restartAdmin();
      await adminVm.logged(admin, 'the registry cannot be stored', { since });
      await adminVm.logged(admin, 'the source does not have the policy', { since });
      await cli('stop', 'service', 'web.service', '--vm', 'net-vm');
      await cli('start', 'service', 'web.service', '--vm', 'net-vm');
      const { status, stderr } = await lab.cli(['set-timezone', 'Etc/UTC']);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^givc-cli: [^\n]*timezone\.conf cannot be written, so nothing is set[^\n]*\n$/);
      const reason = kind === 'full' ? 'ENOSPC' : 'EROFS';
      expect((await complaints(adminVm, admin)).sort()).toEqual([
        expect.stringMatching(`^the audit log cannot be written error="${reason}`),
        expect.stringMatching(`^the history cannot be written error=.*${reason}`),
        expect.stringMatching(`^the registry cannot be stored error=.*${reason}`),
        expect.stringMatching(
          `^the source does not have the policy policy=${labPolicy.name} error="${kind === 'full' ? 'git' : 'EROFS'}`,
        ),
      ]);
      expect((await lab.cli(['query'])).stdout).toContain('web.service');
      await sh(adminVm, room[kind](state));
      await adminVm.logged(admin, 'the registry is stored again', { since });
    } finally {
      await sh(adminVm, `umount -l ${state}; rm -r ${dropIn}`);
    }
    await restartAdmin();
  });

  it('is an error of givc-cli when its result cannot be written', async () => {
    await cover(lab.machine('host'), '/mnt');
    const host = lab.machine('host');
    try {
      const program = `${machinePrograms}/bin/givc-cli`;
      const { status, stderr } = await host.run([
        'sh',
        '-c',
        `: > /mnt/result; ${program} completion bash > /mnt/result`,
      ]);
      expect(status).not.toBe(0);
      if (kind === 'full') expect(stderr).toMatch(/^givc-cli: cannot write the result: ENOSPC[^\n]*\n$/);
      const authority = await host.run([program, 'certs', 'authority', '/mnt/a/b']);
      expect(authority).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(kind === 'full' ? /ENOSPC/ : /EROFS/),
      });
    } finally {
      await sh(host, 'umount /mnt');
    }
  });

  it('costs a policy of an agent one line, and the policy arrives once there is room', async () => {
    const [adminVm, netVm] = [lab.machine('admin-vm'), lab.machine('net-vm')];
    await cover(netVm, `${state}/policies`);
    try {
      await restartAdmin();
      await adminVm.logged(admin, 'policy not sent', { since });
      await cli('get-status', 'net-vm', 'web.service');
    } finally {
      await sh(netVm, `until umount ${state}/policies; do :; done`);
    }
    await adminVm.logged(admin, 'policy sent', { since });
    const lines = await complaints(adminVm, admin);
    expect(lines.filter((line) => line.startsWith('policy not sent'))).toHaveLength(1);
    expect((await complaints(netVm, netVm.program)).filter((line) => !line.startsWith('admin lost'))).toEqual([]);
  });
});
