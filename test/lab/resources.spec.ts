// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UsageRow } from '../../apps/cli/src/status/resources.js';
import type { Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';

describe('the resources of the lab', () => {
  let lab: Lab;
  const status = (...flags: string[]) => lab.cli(['status', '--resources', ...flags]);
  const rows = async (...flags: string[]): Promise<UsageRow[]> => {
    const { status: exit, stdout, stderr } = await status('--as-json', ...flags);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    return JSON.parse(stdout) as UsageRow[];
  };
  const shell = (script: string) => lab.machine('chrome-vm').run(['sh', '-ec', script]);

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('are what systemd counts', async () => {
    const [web] = (await rows('--vm', 'net-vm')).filter(({ unit }) => unit === 'web.service');
    expect(web).toMatchObject({ vm: 'net-vm', service_type: 'Svc', status: 'Running', restarts: 0, state: 'answered' });
    const show = async (property: string) =>
      (await lab.machine('net-vm').systemctl('show', '-P', property, 'web.service')).stdout.trim();
    const counted = await show('TasksCurrent');
    if (/^\d+$/.test(counted)) expect(web!.tasks).toBe(Number(counted));
    else expect(web!.tasks).toBeGreaterThan(0);
    expect(web!.memory_bytes).toBeGreaterThan(100_000);
    expect(web!.cpu_percent).toBeGreaterThanOrEqual(0);
  });

  it('are those of every machine that has units, also of instances in the session of a user', async () => {
    expect(await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm'])).toMatchObject({ status: 0 });
    const all = await rows();
    const [clock] = all.filter(({ vm, unit }) => vm === 'chrome-vm' && unit?.startsWith('clock@'));
    await lab.cli(['stop', 'app', clock?.unit ?? 'clock@', '--vm', 'chrome-vm']);
    expect(clock).toMatchObject({ service_type: 'App', status: 'Running' });
    expect(clock!.memory_bytes).toBeGreaterThan(100_000);
    expect(new Set(all.map(({ vm }) => vm))).toEqual(new Set(['host', 'net-vm', 'gui-vm', 'chrome-vm', 'admin-vm']));
    const memory = all.flatMap(({ memory_bytes: bytes }) => bytes ?? []);
    expect(memory).toEqual(memory.toSorted((a, b) => b - a));
    expect((await status('--vm', 'net-vm')).stdout).toMatch(/^VM +UNIT +STATUS +CPU +MEMORY +TASKS +RESTARTS$/m);
  });

  it('are none of an application that does not start, whose last lines are printed', async () => {
    await shell('mv /usr/local/bin/clock /usr/local/bin/clock.away');
    const { status: exit, stderr } = await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
    await shell('mv /usr/local/bin/clock.away /usr/local/bin/clock');
    expect(exit).toBe(1);
    expect(stderr).toMatch(
      /^givc-cli: the last lines of clock@\d+\.service in chrome-vm:\n[^]*Failed to (?:locate|find) executable \/usr\/local\/bin\/clock/,
    );
  });

  it('say that a VM is off', async () => {
    expect(await lab.cli(['stop', 'vm', 'chrome-vm'])).toMatchObject({ status: 0 });
    const found = await rows().finally(() => lab.cli(['start', 'vm', 'chrome-vm']));
    expect(found.filter(({ vm }) => vm === 'chrome-vm')).toMatchObject([
      { unit: null, memory_bytes: null, state: 'off' },
    ]);
  });
});
