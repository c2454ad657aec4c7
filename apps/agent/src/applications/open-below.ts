// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readlinkSync } from 'node:fs';

/** For tests: how many descriptors of this process lead to what is, or was, below a folder, whose path has no links (proc_pid_fd(5)). */
export function openBelow(folder: string): number {
  const targets = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // Such as the one that was read.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(`${folder}/`)).length;
}
