// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitLimitMs } from './limits.js';
import {
  addresses,
  adminPort,
  checkout,
  echoSocket,
  machineCheckout,
  machinePrograms,
  programUnit,
  user,
  type MachineName,
} from './plan.js';
import { rulesFile } from './rules.js';

/** Unit files by name; `wanted` are those that a machine starts when it boots. */
export interface Units {
  readonly files: Readonly<Record<string, string>>;
  readonly wanted: readonly string[];
}

const sleeper = '/usr/bin/sleep infinity';

export const service = (description: string, ...lines: string[]): string =>
  `[Unit]\nDescription=${description}\n[Service]\n${lines.join('\n')}\n`;

const certificates = '/etc/givc';

const shipped = (...path: string[]): string => readFileSync(join(checkout, 'packaging/systemd', ...path), 'utf8');

interface Needed {
  readonly dropIns?: readonly string[];
  readonly lines?: readonly string[];
}

const needed: Readonly<Partial<Record<MachineName, Needed>>> = {
  host: { dropIns: ['exec'] },
  // ip(8) opens a socket of this family.
  'net-vm': { dropIns: ['policies'], lines: ['RestrictAddressFamilies=AF_NETLINK'] },
  'gui-vm': { dropIns: ['ctap'] },
};

/** What a machine's program needs in addition to the shipped unit: shipped drop-ins, and lines of the lab. */
export const neededBy = (name: MachineName): Needed => needed[name] ?? {};

/** A shipped unit, followed by the contents of drop-ins. */
function program(name: MachineName, file: string, description: string, ...lines: string[]): string {
  const { dropIns = [], lines: own = [] } = neededBy(name);
  return [
    shipped(file),
    ...dropIns.map((dropIn) => shipped('drop-ins', `${file}.d`, `${dropIn}.conf`)),
    `[Unit]\nDescription=${description}\n[Service]\nTimeoutStartSec=${waitLimitMs / 1000}\nExecStart=`,
    ...own,
    ...lines,
    '',
  ].join('\n');
}

/** The unit of the machine's own program. */
export const programFile = (name: MachineName): string =>
  name === 'admin-vm'
    ? program(
        name,
        'givc-admin.service',
        'GIVC admin',
        `Environment=TLS=true CA_CERT=${certificates}/ca-cert.pem HOST_CERT=${certificates}/cert.pem HOST_KEY=${certificates}/key.pem`,
        `Environment=NAME=${name} TYPE=4 SUBTYPE=5 GIVC_HOST_NAME=host`,
        'Environment="SERVICES=microvm@net-vm.service microvm@gui-vm.service"',
        `Environment=ACCESS_CONTROL=true CEDAR_FILE=${rulesFile}`,
        'Environment=POLICY_ADMIN=true POLICY_CONFIG=/etc/givc/policies.json',
        `Environment=LISTEN=${addresses[name]}:${adminPort}`,
        `ExecStart=${machinePrograms}/bin/givc-admin`,
      )
    : program(
        name,
        name === 'chrome-vm' ? 'user/givc-agent.service' : 'givc-agent.service',
        `GIVC agent of ${name}`,
        `ExecStart=${machinePrograms}/bin/givc-agent -config /etc/givc/agent.json`,
      );

/**
 * The unit that assigns the address of a machine; it waits for the link, which may appear after the machine's first
 * process.
 */
export const networkUnit = 'lab-network.service';
export const networkFile = (name: MachineName): string =>
  `[Unit]\nDefaultDependencies=no\nBefore=basic.target\n` +
  `[Service]\nType=oneshot\nRemainAfterExit=yes\nTimeoutStartSec=${waitLimitMs / 1000}\n` +
  `ExecStart=/bin/bash ${machineCheckout}/test/lab/network.sh ${addresses[name]}/24\n`;

/** Waits until the program has started or failed, and reports that to the lab. */
export function bootedUnit(name: MachineName): string {
  const asUser = `runuser -u ${user.name} -- env XDG_RUNTIME_DIR=/run/user/${user.uid} `;
  const systemctl = name === 'chrome-vm' ? `${asUser}systemctl --user` : 'systemctl';
  const unit = programUnit(name);
  const manager = `user@${user.uid}.service`;
  return (
    `[Unit]\n${name === 'chrome-vm' ? `Wants=${manager}\nAfter=${manager}\n` : `After=${unit}\n`}` +
    `[Service]\nType=oneshot\n` +
    `ExecStart=-/bin/sh -c '${systemctl} start ${unit}; ${systemctl} is-active ${unit} > /lab/booting; mv /lab/booting /lab/booted'\n`
  );
}

/** A target that does not power anything off, because it would affect this computer: it is reached and logs that. */
export function harmlessPower(): Record<string, string> {
  const units: Record<string, string> = {
    'lab-power@.service': service('%i, as the lab understands it', 'Type=oneshot', 'ExecStart=/bin/echo %i'),
  };
  for (const action of ['poweroff', 'reboot', 'suspend'])
    units[`${action}.target`] =
      `[Unit]\nDescription=${action}\nDefaultDependencies=no\nStopWhenUnneeded=yes\n` +
      `Requires=lab-power@${action}.service\nAfter=lab-power@${action}.service\n`;
  return units;
}

export const microvm =
  `[Unit]\nDescription=VM %i\n[Service]\n` +
  `ExecStart=/usr/local/bin/node ${machinePrograms}/microvm.mjs %i\nTimeoutStopSec=60\n`;

/** Runs until a line is written to /run/fragile, then fails with status 1. */
const fragile = service(
  'A service that dies when asked to',
  'ExecStartPre=-/bin/rm -f /run/fragile',
  'ExecStartPre=/usr/bin/mkfifo /run/fragile',
  `ExecStart=/bin/sh -c 'read _ < /run/fragile; exit 1'`,
);

/**
 * A stand-in for NetworkManager, with the radios and networks of networkmanager.py.
 * It prints the passwords that it gets.
 */
const networkManager = service(
  'NetworkManager of the lab',
  'Type=dbus',
  'BusName=org.freedesktop.NetworkManager',
  'StandardOutput=null',
  `ExecStart=/usr/bin/python3 -m dbusmock --template ${machineCheckout}/test/lab/networkmanager.py`,
  // Tests restart it more often than systemd permits by default.
  '[Unit]',
  'StartLimitIntervalSec=0',
);

/** Lets root own the name of NetworkManager, like the policy of its package (dbus-daemon(1)). */
export const networkManagerPolicy = `<busconfig>
  <policy user="root">
    <allow own="org.freedesktop.NetworkManager"/>
    <allow send_destination="org.freedesktop.NetworkManager"/>
  </policy>
</busconfig>
`;

/** Writes notifications to the pipe /run/notified instead of showing them. */
const notifier = service(
  'Shows a notification',
  'StandardInput=socket',
  'StandardOutput=journal',
  'RuntimeMaxSec=10',
  `ExecStart=/bin/sh -c 'cat > /run/notified'`,
);

const demo: Readonly<Record<Exclude<MachineName, 'admin-vm' | 'chrome-vm'>, Units>> = {
  host: {
    files: {
      'microvm@.service': microvm,
      ...harmlessPower(),
      'backup.service': service('Backup', `ExecStart=${sleeper}`),
    },
    wanted: [],
  },
  'net-vm': {
    files: {
      'web.service': service('A web server', `ExecStart=${sleeper}`),
      'fragile.service': fragile,
      'slow.service': service(
        'A service that takes half a second to start',
        'ExecStartPre=/usr/bin/sleep 0.5',
        `ExecStart=${sleeper}`,
      ),
      'once.service': service(
        'What is done each time that it is started',
        'Type=oneshot',
        'RemainAfterExit=yes',
        "ExecStart=/bin/sh -c 'echo done >> /run/once'",
      ),
      'broken.service': service('A service that cannot start', 'Type=oneshot', 'ExecStart=/bin/false'),
      'echo.service': service(
        'An echo',
        'Type=notify',
        'NotifyAccess=all',
        `ExecStart=/usr/local/bin/node ${machinePrograms}/echo.mjs ${echoSocket.service}`,
      ),
      'NetworkManager.service': networkManager,
      'secret.service': service('A service that no agent may control', `ExecStart=${sleeper}`),
    },
    wanted: ['web.service', 'fragile.service', 'secret.service', 'echo.service'],
  },
  'gui-vm': {
    files: {
      'web.service': service('Another web server', `ExecStart=${sleeper}`),
      'compositor.service': service('Compositor', `ExecStart=${sleeper}`),
      'notifier.socket':
        '[Socket]\nListenStream=/run/notifier/desktop.sock\nAccept=yes\nExecStartPre=/usr/bin/mkfifo /run/notified\n',
      'notifier@.service': notifier,
    },
    wanted: ['web.service', 'compositor.service', 'notifier.socket'],
  },
};

/** The system units of a machine, without those of its user session. */
export function unitsOf(name: MachineName): Units {
  const own: Units = name === 'admin-vm' || name === 'chrome-vm' ? { files: {}, wanted: [] } : demo[name];
  const systemProgram = name !== 'chrome-vm';
  return {
    files: {
      ...own.files,
      'lab-booted.service': bootedUnit(name),
      ...(systemProgram ? { [programUnit(name)]: programFile(name) } : {}),
    },
    wanted: [...own.wanted, 'lab-booted.service', systemProgram ? programUnit(name) : 'systemd-logind.service'],
  };
}
