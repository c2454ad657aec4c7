// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const machineNames = ['host', 'admin-vm', 'net-vm', 'gui-vm', 'chrome-vm'] as const;
export type MachineName = (typeof machineNames)[number];

/** The VMs: all machines except the host. */
export const vmNames = machineNames.filter((name) => name !== 'host');

/** With GIVC_LAB=ghaf the machines are configured by the files in test/lab/ghaf, otherwise for the tests. */
export const isGhaf = process.env['GIVC_LAB'] === 'ghaf';

export const addresses: Readonly<Record<MachineName, string>> = isGhaf
  ? {
      host: '192.168.100.2',
      'gui-vm': '192.168.100.3',
      'chrome-vm': '192.168.100.100',
      'net-vm': '192.168.100.1',
      'admin-vm': '192.168.100.10',
    }
  : {
      host: '192.168.101.2',
      'gui-vm': '192.168.101.3',
      'chrome-vm': '192.168.101.5',
      'net-vm': '192.168.101.6',
      'admin-vm': '192.168.101.10',
    };

/** The name of a machine in the product and in its certificate. */
export const productName = (name: MachineName): string => (isGhaf && name === 'host' ? 'ghaf-host' : name);

export const bridge = 'givc0';
/** The origin of calls by tests, the demo and people. */
export const outsideAddress = isGhaf ? '192.168.100.254' : '192.168.101.254';
/** An address on the same bridge that no certificate contains. */
export const foreignAddress = isGhaf ? '192.168.100.253' : '192.168.101.253';
export const adminPort = 9001;
export const agentPort = 9000;

/** The socket of a service in net-vm that echoes, and the proxied socket in gui-vm. */
export const echoSocket = { service: '/run/echo.sock', proxied: '/run/echo-of-net-vm.sock', port: 9101 } as const;

/** The part of net-vm's bus that others may use, and the proxied socket in gui-vm. */
export const labBus = { filtered: '/run/lab-bus/socket', proxied: '/run/bus-of-net-vm.sock', port: 9102 } as const;

/** The user of chrome-vm, with a UID that Debian does not assign. */
export const user = { name: 'labuser', uid: 5150, home: '/home/labuser' } as const;

/** A user of every Debian machine, with a supplementary group in net-vm; programs run in its name. */
export const execUser = 'games';

export const checkout = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));

/** The folder of a running lab; it lies in the private /run of its namespaces. */
export const labFolder = '/run/givc-lab';
/** Exists once all machines have booted. */
export const upFile = `${labFolder}/up`;
/** Shared with one machine, which finds it at `/lab`. */
export const doorOf = (name: MachineName): string => `${labFolder}/doors/${name}`;
/**
 * The file in its shared folder into which each machine writes the state of its program (`systemctl is-active`) when it
 * has booted.
 */
export const bootedFile = 'booted';
/** The files that the lab keeps for a machine. */
export const folderOf = (name: MachineName): string => `${labFolder}/machines/${name}`;
/** Where the machine's disk is mounted, also while it does not run. */
export const rootOf = (name: MachineName): string => `${folderOf(name)}/root`;
/** For `journalctl --directory`, from outside. */
export const journalOf = (name: MachineName): string => `${rootOf(name)}/var/log/journal`;
/** The output of systemd-nspawn(1) and the machine's first process. */
export const consoleOf = (name: MachineName): string => `${folderOf(name)}/console`;
/** Contains the id of the process that runs the machine, while it runs. */
export const containerOf = (name: MachineName): string => `${folderOf(name)}/container`;
/** The end of a machine's network cable that is on the bridge, as systemd-nspawn(1) names it. */
export const linkOf = (name: MachineName): string => `vb-${name}`;
/** The authority that all machines of the lab trust, as `givc-cli certs authority` makes one. */
export const authorityFolder = `${labFolder}/authority`;
/** Certificates by the name of their owner. */
export const certificatesOf = (name: string): string => `${labFolder}/certificates/${name}`;

/**
 * The build of the checkout when the lab started: a copy, so that a build beside a running lab does not disturb it. The
 * machines see it at `machinePrograms`, and the checkout at a path that every user may enter.
 */
export const programs = `${labFolder}/programs`;
export const machineCheckout = '/opt/givc';
export const machinePrograms = `${machineCheckout}/dist`;
export const cliProgram = `${programs}/bin/givc-cli`;

export const missingPrograms = (): string[] =>
  ['givc-admin', 'givc-agent', 'givc-cli'].filter((name) => !existsSync(`${checkout}/dist/bin/${name}`));

/** The unit in which a machine's program runs. */
export const programUnit = (name: MachineName): string =>
  name === 'admin-vm' ? 'givc-admin.service' : `givc-${productName(name)}.service`;

/** A policy of net-vm, and the repository in admin-vm that it comes from. */
export const labPolicy = {
  name: 'firewall',
  destination: '/etc/firewall/rules.json',
  repository: '/srv/policies',
  content: '{"allow":["https"]}\n',
} as const;
