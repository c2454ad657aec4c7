// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Removes the lab's control groups once its last process has ended. Every process of the lab outside the machines has
// the write end of this program's stdin; the input ends when they have ended, even when they were killed.
import { existsSync, readdirSync, readFileSync, rmdirSync, watch } from 'node:fs';
import { join } from 'node:path';

const group = process.argv[2];

function removeTree(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  rmdirSync(folder);
}

const events = join(group, 'cgroup.events');
const isEmpty = () => /^populated 0$/m.test(readFileSync(events, 'utf8'));

function sweep() {
  if (!existsSync(group)) return;
  if (isEmpty()) return removeTree(group);
  // The kernel reports a change of this file as a modification (cgroups(7)).
  const watcher = watch(events, check);
  function check() {
    if (!isEmpty()) return;
    watcher.close();
    removeTree(group);
  }
  check();
}

process.stdin.resume().once('end', sweep);
