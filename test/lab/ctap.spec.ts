// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';

describe('the security key of gui-vm', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('answers the command line, by way of the admin', async () => {
    expect(await lab.cli(['ctap', 'ctap.GetInfo'])).toMatchObject({ status: 0, stdout: 'FIDO_2_0', stderr: '' });
  });

  it('names the missing program', async () => {
    const shell = (script: string) => lab.machine('gui-vm').run(['sh', '-ec', script]);
    const path = (await shell('command -v qctap-make-credential')).stdout.trim();
    await shell(`mv ${path} /run/away`);
    const { status, stderr } = await lab.cli(['ctap', 'u2f.Register+1']);
    await shell(`mv /run/away ${path}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^givc-cli: gui-vm: qctap-make-credential: this machine has no such program/);
  });
});
