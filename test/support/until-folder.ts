// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, watch } from 'node:fs';

/** Resolves once the condition is true for the folder, which must exist. */
export function untilFolder(folder: string, condition: (names: readonly string[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!condition(readdirSync(folder))) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(folder, look);
    look();
  });
}
