// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type Stats } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { systemErrorText } from '@givc/model';
import { check, type CheckResult } from './check-result.js';
import type { CheckId } from './check-ids.js';

const ownersOf = ({ uid }: Stats): boolean => uid === 0 || uid === process.getuid?.();

/** Whether others can read or replace a private key. */
export async function checkKeyFile(key: string): Promise<CheckResult> {
  const { ok, warning, failure } = check('key-permissions', key);
  try {
    const found = await stat(key);
    const mode = `mode ${(found.mode & 0o7777).toString(8).padStart(4, '0')}`;
    if (found.mode & 0o007) return failure(`is open to all users (${mode})`, `chmod 0600 ${key}`);
    if (found.mode & 0o070) return warning(`is open to its group (${mode})`, `chmod 0600 ${key}`);
    if (!ownersOf(found)) return warning(`belongs to user ${found.uid}`, `chown it to the user of this program`);
    return ok(`is open to its owner alone (${mode})`);
  } catch (error) {
    return failure(`cannot be read: ${systemErrorText(error)}`, 'let the user of this program read it');
  }
}

/** Whether a folder is there, and this program alone can write it. `setting` names it in the fix. */
export async function checkFolder(id: CheckId, folder: string, setting: string): Promise<CheckResult> {
  const { ok, warning, failure } = check(id, folder);
  const fix = `make it a folder that this program's user can write, or change ${setting}`;
  try {
    const found = await stat(folder);
    if (!found.isDirectory()) return failure('is not a folder', fix);
    await access(folder, constants.W_OK | constants.X_OK);
    const isShared = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0;
    if (isShared || !ownersOf(found))
      return warning('can be changed by other users', `chmod o-w ${folder}, and give it to the user of this program`);
    return ok('can be written');
  } catch (error) {
    return failure(`cannot be written: ${systemErrorText(error)}`, fix);
  }
}

const mib = 1024 * 1024;
const [leastBytes, leastShare] = [64 * mib, 0.05];

/** The space that is left below a folder. A folder that is missing is found by `checkFolder`. */
export async function checkDisk(folder: string): Promise<CheckResult[]> {
  const { ok, warning, failure } = check('disk-space', folder);
  let space: Awaited<ReturnType<typeof statfs>>;
  try {
    space = await statfs(folder);
  } catch {
    return [];
  }
  const left = space.bavail * space.bsize;
  const text = `has ${Math.floor(left / mib)} MiB left`;
  const fix = 'remove what is not needed, or make the disk larger';
  // A file system without inodes of its own reports none.
  if (space.files > 0 && space.ffree === 0) return [failure('has no inodes left', fix)];
  if (left < mib) return [failure(text, fix)];
  const isLow = left < leastBytes && space.bavail < space.blocks * leastShare;
  return [isLow ? warning(text, fix) : ok(text)];
}
