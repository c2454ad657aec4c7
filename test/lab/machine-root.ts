// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, writeCertificates } from '@givc/pki';
import { GitRepository } from '../support/git-repository.js';
import { agentConfig } from './agent-config.js';
import { otaUpdateScript } from '../support/ota-update.js';
import {
  addresses,
  doorOf,
  execUser,
  folderOf,
  isGhaf,
  journalOf,
  labPolicy,
  productName,
  programUnit,
  rootOf,
  user,
  type MachineName,
} from './plan.js';
import { labServicePolicy } from './lab-service.js';
import { furnishAsGhaf } from './ghaf-root.js';
import { addSessionUser, append, letUsersSetLocale, script, want, write, writeUnits } from './root-files.js';
import { rulesFile, rulesOf } from './rules.js';
import { networkManagerPolicy, programFile, unitsOf } from './units.js';

/** Makes the disk of a machine: the root of this computer, with the changes of the machine in memory (overlayfs). */
export async function makeRoot(name: MachineName, authority: Authority): Promise<void> {
  const folder = folderOf(name);
  const root = rootOf(name);
  for (const part of ['root', 'upper', 'work']) mkdirSync(join(folder, part), { recursive: true });
  mkdirSync(doorOf(name), { recursive: true });
  const options = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
  const mount = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, root], { encoding: 'utf8' });
  if (mount.status !== 0) throw new Error(`the disk of ${name} cannot be mounted: ${mount.stderr}`);

  forgetThisMachine(root);
  write(root, 'etc/hostname', `${productName(name)}\n`);
  // If this folder exists, journald(8) keeps the journal on the disk, where it can be read after the machine's end.
  mkdirSync(journalOf(name), { recursive: true });
  if (isGhaf) furnishAsGhaf(root, name);
  else await furnish(root, name, authority);
}

async function furnish(root: string, name: MachineName, authority: Authority): Promise<void> {
  writeUnits(root, name, unitsOf(name));
  await writeCertificates(join(root, 'etc/givc'), authority, authority.issue({ name, addresses: [addresses[name]] }));
  const rules = rulesOf(name);
  if (rules !== undefined) write(root, rulesFile.slice(1), rules);
  if (name === 'admin-vm') addPolicies(root);
  if (name !== 'admin-vm') write(root, 'etc/givc/agent.json', agentConfig(name));
  if (name === 'net-vm') write(root, 'etc/dbus-1/system.d/lab.conf', labServicePolicy);
  if (name === 'chrome-vm') addUser(root);
  if (name === 'net-vm') append(root, 'etc/group', `lab-readers:x:${user.uid}:${execUser}\n`);
  if (name === 'host') {
    write(root, 'usr/local/bin/ota-update', otaUpdateScript);
    chmodSync(join(root, 'usr/local/bin/ota-update'), 0o755);
  }
  if (name === 'net-vm') addNetworkManager(root);
  if (name === 'gui-vm') addKeyPrograms(root);
}

/** Runs from boot on, as a system VM with `capabilities.wifi` has it. */
function addNetworkManager(root: string): void {
  write(root, 'etc/dbus-1/system.d/lab-networkmanager.conf', networkManagerPolicy);
  want(root, 'etc/systemd/system/multi-user.target.wants', 'NetworkManager.service');
}

/** A security key that answers the first of its requests, and rejects the others. */
function addKeyPrograms(root: string): void {
  script(root, 'qctap-get-info', 'printf FIDO_2_0');
  for (const program of ['qctap-client-pin', 'qctap-make-credential', 'qctap-get-assertion'])
    script(root, program, 'echo "no such key" >&2; exit 1');
}

/** Settings of this computer that the machine must not inherit. */
function forgetThisMachine(root: string): void {
  write(root, 'etc/machine-id', '');
  write(root, 'etc/fstab', '');
  for (const units of ['etc/systemd/system', 'etc/systemd/user'].map((folder) => join(root, folder)))
    for (const entry of readdirSync(units)) rmSync(join(units, entry), { recursive: true });
  for (const entry of readdirSync(join(root, 'etc')).filter((name) => /^rc[0-6S]\.d$/.test(name)))
    rmSync(join(root, 'etc', entry), { recursive: true });
  rmSync(join(root, 'usr/local/bin/node'), { force: true });
  rmSync(join(root, 'var/lib/systemd/linger'), { recursive: true, force: true });
  rmSync(join(root, 'var/log/journal'), { recursive: true, force: true });
}

/** A repository with a policy for net-vm, which the admin reads at its start and each minute. */
function addPolicies(root: string): void {
  const { name, repository, content } = labPolicy;
  new GitRepository(join(root, repository)).commit({ [`vm-policies/${name}/policy.bin`]: content });
  const source = { type: 'git-url', url: repository, branch: 'main', poll_interval_secs: 60 };
  write(root, 'etc/givc/policies.json', JSON.stringify({ source, policies: { [name]: { vms: ['net-vm'] } } }));
}

/** The user of the session, with applications to start. */
function addUser(root: string): void {
  const { uid, home } = user;
  addSessionUser(root);
  letUsersSetLocale(root);
  write(root, `etc/systemd/user/${programUnit('chrome-vm')}`, programFile('chrome-vm'));
  want(root, 'etc/systemd/user/default.target.wants', programUnit('chrome-vm'));

  for (const application of ['chromium', 'clock']) script(root, application, 'echo "$0" "$@"; exec sleep infinity');
  script(root, 'dialog', 'rm -f /tmp/dialog; mkfifo /tmp/dialog; read _ < /tmp/dialog');
  // Fails on SIGUSR1, and leaves a child process behind that ends slowly.
  script(root, 'family', `sh -c 'trap "sleep 0.3; exit" TERM; while :; do sleep 0.1; done' & trap 'exit 3' USR1; wait`);
  write(root, `${home}/shares/page.html`, '<p>shared</p>\n');
  write(root, `${home}/private.txt`, 'not shared\n');
  symlinkSync('../private.txt', join(root, home, 'shares/escape.html'));
  for (const path of [home, `${home}/shares`, `${home}/shares/page.html`, `${home}/private.txt`, 'etc/givc/key.pem'])
    chownSync(join(root, path), uid, uid);
}
