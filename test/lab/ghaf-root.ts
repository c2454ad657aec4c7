// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { otaUpdateScript } from '../support/ota-update.js';
import { agentFile, ghafUnitsOf } from './ghaf-units.js';
import { writeGhafCertificates } from './ghaf-certificates.js';
import { programUnit, user, type MachineName } from './plan.js';
import { addSessionUser, letUsersSetLocale, want, write, writeUnits } from './root-files.js';

interface Config {
  readonly capabilities: { readonly services: readonly string[] };
}

const read = (name: MachineName, file: string): string =>
  readFileSync(fileURLToPath(new URL(`ghaf/${name}/${file}`, import.meta.url)), 'utf8');

/** The settings that Ghaf's power management adds to the services of machines that sleep. */
const powerManagement = ['suspend.target', 'systemd-suspend.service', 'resume-actions.service', 'gpu-suspend.service'];

function agentConfig(name: MachineName): string {
  const text = read(name, 'config.json');
  if (name !== 'net-vm' && name !== 'gui-vm') return text;
  const config = JSON.parse(text) as Config;
  const services = [...new Set([...config.capabilities.services, ...powerManagement])];
  return JSON.stringify({ ...config, capabilities: { ...config.capabilities, services } }, undefined, 2);
}

/** Files that Ghaf keeps outside /etc, each as a mount of its own. */
const settings = ['locale-givc.conf', 'timezone.conf'];

/** Writes the files of Ghaf's own modules to the disk of a machine, with no programs but those of this repository. */
export function furnishAsGhaf(root: string, name: MachineName): void {
  writeUnits(root, name, ghafUnitsOf(name));
  writeGhafCertificates(join(root, 'etc/givc'), name);
  write(root, 'etc/givc-agent/config.json', agentConfig(name));
  write(root, 'etc/givc-agent-acl/rules.cedar', read(name, 'agent-rules.cedar'));
  if (name === 'admin-vm') addAdmin(root);
  if (name === 'chrome-vm') addChrome(root);
  if (name === 'host') {
    write(root, 'usr/local/bin/ota-update', otaUpdateScript);
    chmodSync(join(root, 'usr/local/bin/ota-update'), 0o755);
  }
}

function addAdmin(root: string): void {
  write(root, 'etc/givc-admin/environment', read('admin-vm', 'environment'));
  write(root, 'etc/givc-admin-acl/rules.cedar', read('admin-vm', 'admin-rules.cedar'));
  for (const file of settings) for (const folder of ['persist', 'etc']) write(root, `${folder}/${file}`, '');
  const mounts = settings.map((file) => `/persist/${file} /etc/${file} none bind 0 0\n`);
  write(root, 'etc/fstab', mounts.join(''));
}

/** Writes its arguments and its environment to files. For the test of a launcher that hands over, it exits at once. */
const chrome = `#!/bin/sh
printf '%s\\n' "$@" > "$XDG_RUNTIME_DIR/arguments"
env > "$XDG_RUNTIME_DIR/environment"
case " $* " in *' --hand-over '*) exit 0 ;; esac
exec sleep infinity
`;

function addChrome(root: string): void {
  addSessionUser(root);
  letUsersSetLocale(root);
  write(root, `etc/systemd/user/${programUnit('chrome-vm')}`, agentFile('chrome-vm'));
  want(root, 'etc/systemd/user/default.target.wants', programUnit('chrome-vm'));
  write(root, 'nix/system/bin/google-chrome-stable', chrome);
  chmodSync(join(root, 'nix/system/bin/google-chrome-stable'), 0o755);
  write(root, 'etc/tmpfiles.d/current-system.conf', 'L+ /run/current-system/sw - - - - /nix/system\n');
  chownSync(join(root, user.home), user.uid, user.uid);
}
