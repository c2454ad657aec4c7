// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { machinePrograms, productName, type MachineName } from './plan.js';
import { bootedUnit, harmlessPower, microvm, service, type Units } from './units.js';

const sleeper = 'ExecStart=/usr/bin/sleep infinity';

/** The units as the NixOS modules of the original write them, without hardening or preparation. */
const program = (description: string, wantedBy: string, ...lines: string[]): string =>
  `[Unit]\nDescription=${description}\nWants=network.target\nAfter=network.target\n` +
  `[Service]\nType=exec\nRestart=on-failure\nRestartSec=1\nTimeoutStopSec=5\n${lines.join('\n')}\n` +
  `[Install]\nWantedBy=${wantedBy}\n`;

/** The unit in which a machine's agent runs. */
export const agentUnitOf = (name: MachineName): string => `givc-${productName(name)}.service`;

const agent = `ExecStart=${machinePrograms}/bin/givc-agent -config /etc/givc-agent/config.json`;

/** The variables that NixOS and its users add to the environment of a session's services. */
const variable = String.raw`Environment="GHAF_VARIABLE=with spaces, $HOME, %%n and \"quotes\"" NODE_OPTIONS=--no-warnings`;

export const agentFile = (name: MachineName): string =>
  program(
    `GIVC agent of ${productName(name)}`,
    name === 'chrome-vm' ? 'default.target' : 'multi-user.target',
    ...(name === 'chrome-vm' ? [variable] : []),
    agent,
  );

const adminFile = program(
  'GIVC admin',
  'multi-user.target',
  'EnvironmentFile=/etc/givc-admin/environment',
  'Environment=TZDIR=/usr/share/zoneinfo',
  `ExecStart=${machinePrograms}/bin/givc-admin --listen 192.168.100.10:9001`,
);

/** A copy for members of `users`, made at each boot. */
const userKeys =
  '[Unit]\nDefaultDependencies=no\nAfter=local-fs.target\nBefore=basic.target\n[Service]\nType=oneshot\nRemainAfterExit=yes\n' +
  `ExecStart=/bin/sh -c 'cp -r /etc/givc /run/givc && chown -R root:users /run/givc && chmod -R g+rx /run/givc'\n`;

/** Ghaf's suspend of a guest: the machine continues, and a service blocks until it is stopped. */
const suspend = {
  'systemd-suspend.service': service('A suspend that only blocks', 'Type=oneshot', sleeper),
  'resume-actions.service': service('What is done after it', 'Type=oneshot', 'ExecStart=/bin/echo resumed'),
  'gpu-suspend.service': service('A suspend of the GPU', 'Type=oneshot', 'ExecStart=/bin/sleep 3'),
};

/** The socket in net-vm that stands for its D-Bus in gui-vm's configuration; it echoes. */
const echo = service(
  'What is behind the socket',
  'Type=notify',
  'NotifyAccess=all',
  `ExecStart=/usr/local/bin/node ${machinePrograms}/echo.mjs /tmp/dbusproxy_net.sock`,
);

const own: Readonly<Record<MachineName, Units>> = {
  host: {
    files: { 'microvm@.service': microvm, ...harmlessPower(), 'host-balanced.service': service('Profile', sleeper) },
    wanted: ['host-balanced.service'],
  },
  'admin-vm': { files: { 'givc-admin.service': adminFile }, wanted: ['givc-admin.service'] },
  'net-vm': {
    files: {
      ...suspend,
      'net-balanced.service': service('Profile', sleeper),
      // Powers off its machine, which also ends the unit.
      'net-powersave.service': service('Powers off', sleeper, 'ExecStartPre=/bin/systemctl poweroff'),
      'echo.service': echo,
      // Delays the shutdown of the machine until the test opens the pipe.
      'slow-end.service': service(
        'Ends when it may',
        'ExecStartPre=-/usr/bin/mkfifo /var/slow-end',
        sleeper,
        `ExecStop=/bin/sh -c 'test ! -e /var/is-slow || { rm /var/is-slow; read _ < /var/slow-end; }'`,
      ),
    },
    wanted: ['net-balanced.service', 'echo.service', 'slow-end.service'],
  },
  'gui-vm': { files: { ...suspend, 'givc-user-key-setup.service': userKeys }, wanted: ['givc-user-key-setup.service'] },
  'chrome-vm': { files: { 'givc-user-key-setup.service': userKeys }, wanted: ['givc-user-key-setup.service'] },
};

/** The system units of a machine. */
export function ghafUnitsOf(name: MachineName): Units {
  const { files, wanted } = own[name];
  const isSession = name === 'chrome-vm';
  const agents = isSession ? {} : { [agentUnitOf(name)]: agentFile(name) };
  return {
    files: { ...files, ...agents, 'lab-booted.service': bootedUnit(name) },
    wanted: [...wanted, ...Object.keys(agents), 'lab-booted.service', ...(isSession ? ['systemd-logind.service'] : [])],
  };
}
