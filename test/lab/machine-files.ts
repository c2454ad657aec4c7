// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chownSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabMachine } from './lab-machine.js';
import { certificatesOf, rootOf, type MachineName } from './plan.js';

export const certificateFiles = ['ca-cert.pem', 'key.pem', 'cert.pem'] as const;
export type CertificateFile = (typeof certificateFiles)[number];

/** The certificates of a machine, or of a caller outside, as the lab's own processes see them. */
const folderOf = (owner: MachineName | 'operator'): string =>
  owner === 'operator' ? certificatesOf(owner) : join(rootOf(owner), 'etc/givc');

/** Copies the files unchanged into a folder, which it creates. */
export function keepFiles(owner: MachineName | 'operator', folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of certificateFiles) copy(join(folderOf(owner), name), join(folder, name));
}

/** Replaces files by those of a folder, each atomically and with its present owner and mode. */
export function putFiles(owner: MachineName | 'operator', names: readonly CertificateFile[], folder: string): void {
  for (const name of names) {
    const place = join(folderOf(owner), name);
    const { uid, gid, mode } = statSync(place);
    const beside = `${place}.new`;
    copy(join(folder, name), beside, mode & 0o777);
    chownSync(beside, uid, gid);
    renameSync(beside, place);
  }
}

/**
 * Like `putFiles`, but resolves once the machine's program has read the files; at once when none of them has changed.
 */
export async function renewFiles(
  machine: LabMachine,
  names: readonly CertificateFile[],
  folder: string,
): Promise<void> {
  const isThere = (name: CertificateFile) =>
    readFileSync(join(folder, name)).equals(readFileSync(join(folderOf(machine.name), name)));
  if (names.every(isThere)) return;
  const since = Date.now();
  putFiles(machine.name, names, folder);
  await machine.logged(machine.program, 'the certificate reloaded', { since });
}

const copy = (from: string, to: string, mode = 0o600): void => writeFileSync(to, readFileSync(from), { mode });
