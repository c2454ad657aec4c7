// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';

interface Stats {
  readonly memory: { readonly total: number; readonly available: number };
  readonly process: {
    readonly total: number;
    readonly running: number;
    readonly cpu_processes: readonly { readonly name: string; readonly user: number; readonly sys: number }[];
    readonly mem_processes: readonly { readonly name: string; readonly res_set_size: number }[];
  };
}

describe('the facts about a machine', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('contain its load and memory, even when programs have unusual names', async () => {
    const net = lab.machine('net-vm');
    const stats = async () => JSON.parse((await lab.cli(['get-stats', 'net-vm', '--as-json'])).stdout) as Stats;
    await net.run(['cp', '/usr/bin/yes', '/run/a) R 1 (b']);
    const burner = ['systemd-run', '--unit=burner', '--property=StandardOutput=null', '/run/a) R 1 (b'];
    expect(await net.run(burner)).toMatchObject({ status: 0 });
    await stats();
    // This keeps the CPU busy for a while, in which the other process works, too.
    await net.run(['sh', '-c', 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done']);
    const { memory, process } = await stats();
    await net.run(['systemctl', 'stop', 'burner.service']);
    expect(process.cpu_processes[0]!.name).toBe('a) R 1 (b');
    expect(process.cpu_processes[0]!.user + process.cpu_processes[0]!.sys).toBeGreaterThan(1);
    expect(process.mem_processes.map(({ name }) => name)).toContain('systemd');
    expect(process.running).toBeGreaterThan(0);
    expect(process.total).toBeGreaterThan(process.running);
    expect(memory.total).toBeGreaterThan(memory.available);
  });

  it('contain its hardware, if it is the host', async () => {
    const { status, stdout, stderr } = await lab.cli(['sysinfo']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Ghaf Version: Unknown\nSecure Boot: (enabled|disabled|unknown)\nDisk Encryption: (enabled|disabled|unknown)\n$/,
    );
  });

  it('contain the address of its network card, except for callers that it rejects', async () => {
    const { stdout } = await lab.machine('net-vm').run(['cat', '/sys/class/net/host0/address']);
    expect(await lab.cli(['hwid', 'net-vm'])).toMatchObject({ status: 0, stdout });
    const { status, stderr } = await lab.cli(['hwid', 'gui-vm']);
    expect(status).toBe(1);
    expect(stderr).toContain('capabilities.hwid.enable');
  });

  it('include notifications, which other machines send to its user', async () => {
    const shown = lab.machine('gui-vm').run(['cat', '/run/notified']);
    const sent = await lab.cli([
      'notify-user',
      'gui-vm',
      '--title',
      'Low',
      '--urgency',
      'critical',
      '--message',
      '5 %',
    ]);
    expect(sent).toMatchObject({ status: 0, stdout: 'Notification sent.\n', stderr: '' });
    expect(JSON.parse((await shown).stdout)).toEqual({
      Event: expect.stringMatching(/^\[.+\] Default Event$/),
      Title: 'Low',
      Urgency: 2,
      Icon: 'dialog-information',
      Message: '5 %',
    });
  });
});
