// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../apps/cli/src/doctor/diagnose.js';
import type { Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';

describe('the checks of the lab', () => {
  let lab: Lab;
  const shell = (machine: 'net-vm', script: string) => lab.machine(machine).run(['sh', '-ec', script]);

  beforeAll(async () => {
    lab = await sharedLab();
    // The lab waits for the agents only; NetworkManager may still start.
    await shell('net-vm', 'systemctl is-system-running --wait || true');
  });

  const doctor = async (...flags: string[]) => {
    const { status, stdout, stderr } = await lab.cli(['doctor', '--as-json', ...flags]);
    return { status, stderr, findings: JSON.parse(stdout) as Finding[] };
  };

  it('find nothing but what is ok on every machine of a fresh lab', async () => {
    const { status, stderr, findings } = await doctor();
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('find a unit whose file was removed from a running machine, and that it is back', async () => {
    const units = async () =>
      (await doctor('--vm', 'net-vm')).findings.filter(({ id, state }) => id === 'units' && state !== 'ok');
    const file = (await shell('net-vm', 'systemctl show -P FragmentPath fragile.service')).stdout.trim();
    await shell('net-vm', `mv ${file} /run/fragile.away; systemctl daemon-reload`);
    const found = await units();
    await shell('net-vm', `mv /run/fragile.away ${file}; systemctl daemon-reload`);
    expect(found).toMatchObject([{ subject: 'fragile.service', message: 'is unknown to systemd', state: 'failure' }]);
    expect(await units()).toEqual([]);
  });
});
