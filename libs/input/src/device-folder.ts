// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

const devices = '/dev';
const folder = join(devices, 'input');
const isDevice = (name: string): boolean => /^event\d+$/.test(name);

const namesIn = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** Watches for new and changed entries of a folder; undefined when the folder does not exist. */
function follow(path: string, onName: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => name !== null && onName(name));
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}

/**
 * Calls `onDevice` with the path of each device of /dev/input, and of each that appears or changes, until the signal
 * aborts.
 */
export function watchDevices(onDevice: (path: string) => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const onName = (name: string): void => {
    if (isDevice(name)) onDevice(join(folder, name));
  };
  let inFolder: FSWatcher | undefined;
  // The folder appears with the first device, and may disappear with the last.
  const followFolder = (): void => {
    inFolder?.close();
    inFolder = follow(folder, onName);
    namesIn(folder).forEach(onName);
  };
  followFolder();
  const inDevices = follow(devices, (name) => {
    if (name === 'input') followFolder();
  });
  const close = (): void => {
    inFolder?.close();
    inDevices?.close();
  };
  signal.addEventListener('abort', close, { once: true });
}
