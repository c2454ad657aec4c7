// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab } from './lab.js';
import {
  addresses,
  adminPort,
  certificatesOf,
  isGhaf,
  labFolder,
  machineNames,
  machinePrograms,
  programs,
  user,
} from './plan.js';

/** The settings that shells in the lab read at their start: the caller, and the path of the programs. */
export const shellSettings = join(labFolder, 'shell');

/** Writes `on MACHINE [COMMAND...]` and the settings of shells that are started in the lab. */
export function installShellTools(lab: Lab): void {
  const bin = join(labFolder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'on'), onMachine);
  chmodSync(join(bin, 'on'), 0o755);
  if (isGhaf) {
    writeFileSync(join(bin, 'givc-cli'), `#!/bin/sh\nexec on gui-vm ${lab.cliCommand([]).join(' ')} "$@"\n`);
    chmodSync(join(bin, 'givc-cli'), 0o755);
  }
  const variables = Object.entries(isGhaf ? {} : lab.cliEnvironment()).map(
    ([name, value]) => `export ${name}=${value}`,
  );
  writeFileSync(shellSettings, `${variables.join('\n')}\nexport PATH=${bin}:${programs}/bin:$PATH\nPS1='lab \\w# '\n`);
}

const onMachine = `#!/bin/sh
# on MACHINE [COMMAND...]: runs it there as root, or a shell; "on ${user.name}" is the user session of chrome-vm.
machine=$1; shift || { echo "usage: on ${machineNames.join('|')}|${user.name} [COMMAND...]" >&2; exit 2; }
[ $# -gt 0 ] || set -- bash
if [ "$machine" = ${user.name} ]; then
  machine=chrome-vm
  set -- runuser -u ${user.name} -- env XDG_RUNTIME_DIR=/run/user/${user.uid} DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/${user.uid}/bus "$@"
fi
container=$(cat ${labFolder}/machines/"$machine"/container 2>/dev/null) || { echo "$machine does not run" >&2; exit 1; }
read -r leader _ < /proc/"$container"/task/"$container"/children
PATH=${machinePrograms}/bin:$PATH exec nsenter -t "$leader" -a -- "$@"
`;

/** The name of an optional program. */
const hasGrpcurl = spawnSync('sh', ['-c', 'command -v grpcurl']).status === 0;
const grpcurl =
  `grpcurl -cacert ${certificatesOf('operator')}/ca-cert.pem -cert ${certificatesOf('operator')}/cert.pem ` +
  `-key ${certificatesOf('operator')}/key.pem -authority admin-vm ${addresses['admin-vm']}:${adminPort}`;

const ghafTour = `
  givc-cli query                                  what there is, as gui-vm sees it, which Ghaf's rules permit to query
  givc-cli start app google-chrome --vm chrome-vm -- https://example.org
  givc-cli set-timezone Asia/Dubai                every machine has it
  givc-cli start service poweroff.target --vm net-vm; givc-cli start vm net-vm
  givc-cli update list                            the host has exec.enable, and no list of commands
  on net-vm cat /etc/givc-agent/config.json       what Ghaf's modules write
  on net-vm journalctl -u givc-net-vm -f          an agent's log
  on admin-vm journalctl -t givc-audit -o cat     who asked for what
`;

const ownTour = `
  givc-cli query                                  what there is
  givc-cli watch &                                what changes
  givc-cli start app chromium --vm chrome-vm -- https://example.org
  givc-cli pause chromium@0; givc-cli resume chromium@0; givc-cli stop app chromium@0
  givc-cli stop service web.service --vm net-vm
  on host systemctl list-units 'microvm@*'        the host's view
  on net-vm journalctl -u givc-net-vm -f          an agent's log
  on admin-vm tail /var/log/givc-admin/audit.log  who asked for what
  on net-vm sh -c 'echo > /run/fragile'           a unit dies by itself
  on ${user.name} systemctl --user list-units         the user session of chrome-vm
  givc-cli wifi list                              the networks that a radio of net-vm hears
  givc-cli doctor                                 what is wrong: nothing
  givc-cli ctap ctap.GetInfo </dev/null           a security key of gui-vm answers
  ip link set vb-net-vm down                      a cable is pulled (up: plugged in)
${hasGrpcurl ? `  ${grpcurl} list\n` : ''}
  Certificates: ${certificatesOf('operator')} (trusted), ${certificatesOf('stranger')} (not), expired, elsewhere.
`;

/** The commands that are suggested first. */
export const tour = isGhaf ? ghafTour : ownTour;
