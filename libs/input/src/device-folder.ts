// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

const devices = '/dev';
const folder = join(devices, 'input');
const isDevice = (name: string): boolean => /^event\d+$/.test(name);

/** Calls `onDevice` with the path of each device of /dev/input, and of each that appears or changes, until the signal aborts. */
export function watchDevices(onDevice: (path: string) => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const watchers = new Set<FSWatcher>();
  signal.addEventListener('abort', () => watchers.forEach((watcher) => watcher.close()), { once: true });

  const follow = (path: string, onName: (name: string) => void): boolean => {
    try {
      const watcher = watch(path, { persistent: false }, (_, name) => name !== null && onName(name));
      watcher.on('error', () => watchers.delete(watcher));
      watchers.add(watcher);
      return true;
    } catch {
      return false;
    }
  };

  const followFolder = (): boolean => {
    const isFollowed = follow(folder, (name) => {
      if (isDevice(name)) onDevice(join(folder, name));
    });
    // What was there before.
    if (isFollowed) for (const name of readdirSync(folder).filter(isDevice)) onDevice(join(folder, name));
    return isFollowed;
  };

  // The folder comes with the first device, and may go with the last.
  let isFollowed = followFolder();
  follow(devices, (name) => {
    if (name === 'input') isFollowed = followFolder() || isFollowed;
  });
}
