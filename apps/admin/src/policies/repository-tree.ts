// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted, type PolicyName } from '@givc/model';

/** A regular file of a commit. */
export interface TreeFile {
  readonly path: string;
  /** The object id of its blob. */
  readonly id: string;
  readonly bytes: number;
}

const row = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/s;
const regular: ReadonlySet<string | undefined> = new Set(['100644', '100755']);

/** The regular files that `git ls-tree -r -l -z` lists, without symlinks and submodules. */
export function parseTree(listing: Buffer): TreeFile[] {
  const files: TreeFile[] = [];
  for (const line of listing.toString().split('\0')) {
    const [, mode, , id, bytes, path] = row.exec(line) ?? [];
    if (regular.has(mode)) files.push({ path: path!, id: id!, bytes: Number(bytes) });
  }
  return files;
}

const signatureSuffix = '.minisig';

/**
 * A policy is `vm-policies/NAME/policy.bin`, or the only other file of that folder, or the file `vm-policies/NAME`; a
 * repository without `vm-policies` has them in its root. Its signature is the file of the same name with `.minisig`.
 * NOT_FOUND when there is no such file; FAILED_PRECONDITION when there are several files or the file is too large.
 */
export function fileOfPolicy(
  name: PolicyName,
  tree: readonly TreeFile[],
  maxBytes: number,
): { readonly content: TreeFile; readonly signature: TreeFile | undefined } {
  const hasFolder = tree.some(({ path }) => path.startsWith('vm-policies/'));
  const policyPath = hasFolder ? `vm-policies/${name}` : name;
  const inside = tree.filter(({ path }) => path.startsWith(`${policyPath}/`) && !path.endsWith(signatureSuffix));
  const named =
    tree.find(({ path }) => path === `${policyPath}/policy.bin`) ?? tree.find(({ path }) => path === policyPath);
  const content = named ?? inside[0];
  if (!content) throw new GivcError('NOT_FOUND', `the repository has no file ${policyPath}/policy.bin`);
  if (!named && inside.length > 1)
    throw new GivcError(
      'FAILED_PRECONDITION',
      `${policyPath} has ${inside.length} files in the repository: call one policy.bin`,
    );
  if (content.bytes > maxBytes)
    throw new GivcError('FAILED_PRECONDITION', `${quoted(content.path)} is larger than ${maxBytes} bytes`);
  return { content, signature: tree.find(({ path }) => path === `${content.path}${signatureSuffix}`) };
}
