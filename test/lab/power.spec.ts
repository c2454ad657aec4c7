// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';

describe('power', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await sharedLab();
  });

  it.each(['poweroff', 'reboot', 'suspend'])('%s reaches the target of the host', async (verb) => {
    expect(await lab.cli([verb])).toMatchObject({ status: 0 });
    // The last two calls may be answered before the host is done: the job that starts now ends after theirs.
    await lab.machine('host').systemctl('start', `${verb}.target`);
    expect(await lab.machine('host').journal(`lab-power@${verb}.service`)).toContain(`${verb}`);
  });

  it('wakeup is UNIMPLEMENTED', async () => {
    const { status, stderr } = await lab.cli(['wakeup']);
    expect(status).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
