// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ownRestartCommand, restartCommand } from './restart-command.js';

describe('the command that restarts a daemon', () => {
  it.each([
    ['0::/system.slice/givc-agent.service', 'systemctl restart givc-agent.service'],
    ['0::/system.slice/system-givc.slice/givc@a.service', 'systemctl restart givc@a.service'],
    [
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice/givc-agent.service',
      'systemctl --user restart givc-agent.service',
    ],
    ['4:memory:/a\n1:name=systemd:/system.slice/givc-admin.service\n0::/', 'systemctl restart givc-admin.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service', 'systemctl restart user@1000.service'],
    ['0::/', undefined],
    ['0::/user.slice/user-0.slice/session-1.scope', undefined],
    ['4:memory:/system.slice/givc-agent.service', undefined],
    ['0::/system.slice/a b;reboot.service', undefined],
    ['', undefined],
  ])('names the unit of %j', (cgroups, command) => {
    expect(restartCommand(cgroups)).toBe(command);
  });

  it('is found for this process, or not known', () => {
    expect(ownRestartCommand() ?? 'systemctl restart x').toMatch(/^systemctl (--user )?restart /);
  });
});
