// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readlinkSync } from 'node:fs';

/**
 * For tests: the number of descriptors of this process for files at or below a folder, including deleted ones; the path
 * of the folder has no links (proc_pid_fd(5)).
 */
export function openBelow(folder: string): number {
  const targets = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // Such as the descriptor of the listing itself.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(`${folder}/`)).length;
}
