// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { networkFile, networkUnit, type Units } from './units.js';
import { user, type MachineName } from './plan.js';

// The files that are put on the disk of a machine: `root` is its mount point, paths are relative to it.

export function script(root: string, name: string, body: string): void {
  write(root, `usr/local/bin/${name}`, `#!/bin/sh\n${body}\n`);
  chmodSync(join(root, 'usr/local/bin', name), 0o755);
}

export function write(root: string, path: string, text: string): void {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  rmSync(full, { force: true });
  writeFileSync(full, text);
}

export function append(root: string, path: string, line: string): void {
  const full = join(root, path);
  writeFileSync(full, readFileSync(full, 'utf8') + line);
}

export function want(root: string, folder: string, unit: string): void {
  mkdirSync(join(root, folder), { recursive: true });
  symlinkSync(`../${unit}`, join(root, folder, unit));
}

/** The units of a machine, and the unit that assigns its address. */
export function writeUnits(root: string, name: MachineName, { files, wanted }: Units): void {
  const folder = 'etc/systemd/system';
  for (const [unit, text] of Object.entries(files)) write(root, `${folder}/${unit}`, text);
  for (const unit of wanted) want(root, `${folder}/multi-user.target.wants`, unit);
  write(root, `${folder}/${networkUnit}`, networkFile(name));
  want(root, `${folder}/basic.target.wants`, networkUnit);
}

/** A user whose manager runs without a login (loginctl(1), enable-linger). */
export function addSessionUser(root: string): void {
  const { name, uid, home } = user;
  append(root, 'etc/passwd', `${name}:x:${uid}:${uid}::${home}:/bin/sh\n`);
  append(root, 'etc/group', `${name}:x:${uid}:\n`);
  append(root, 'etc/shadow', `${name}:*:19000:0:99999:7:::\n`);
  write(root, `var/lib/systemd/linger/${name}`, '');
  mkdirSync(join(root, home), { recursive: true });
}

/** Ghaf's rule for polkit(8): members of the group `users`, such as the user of the session, may set both. */
export function letUsersSetLocale(root: string): void {
  write(
    root,
    'etc/polkit-1/rules.d/50-users.rules',
    `polkit.addRule(function(action, subject) {
  var isAllowed = action.id == "org.freedesktop.locale1.set-locale" || action.id == "org.freedesktop.timedate1.set-timezone";
  if (isAllowed && subject.isInGroup("users")) return polkit.Result.YES;
});
`,
  );
  const groups = readFileSync(join(root, 'etc/group'), 'utf8');
  write(root, 'etc/group', groups.replace(/^users:x:100:$/m, `users:x:100:${user.name}`));
}
