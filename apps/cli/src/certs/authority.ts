// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid } from '@givc/model';
import {
  createAuthority,
  dropReplaced,
  parseCommonName,
  parseKeyType,
  readReplaced,
  writeAuthority,
  type AuthorityOptions,
} from '@givc/pki';

/** The flags of `certs authority` as strings. */
export interface AuthorityFlags {
  readonly days?: number;
  readonly keyType?: string;
  /** Folder of the authority that the new one replaces. */
  readonly replaces?: string;
  readonly force?: boolean;
}

/** Throws INVALID_ARGUMENT that names the flag which is wrong. */
export const parseAuthority = (name: string | undefined, { days, keyType }: AuthorityFlags): AuthorityOptions => ({
  name: name === undefined ? undefined : parseCommonName('--name', name),
  days,
  keyType: keyType === undefined ? undefined : parseKeyType('--key-type', keyType),
});

/** Makes an authority and writes it into the folder with `writeAuthority`. Resolves with a sentence about it. */
export async function makeAuthority(
  folder: string,
  options: AuthorityOptions,
  { replaces, force }: AuthorityFlags,
): Promise<string> {
  const replaced = replaces === undefined ? [] : readReplaced(replaces);
  await writeAuthority(folder, createAuthority({ ...options, replaces: replaced }), { force });
  const besides =
    replaces === undefined ? '' : ` It replaces the authority of ${replaces}, which ca-cert.pem trusts besides.`;
  return `Made an authority in ${folder}. Keep ca-key.pem to yourself.${besides}`;
}

/** Throws INVALID_ARGUMENT when `--alone` is combined with options for a new authority. */
export function assertAlone(name: string | undefined, flags: AuthorityFlags): void {
  const given = Object.entries({ name, ...flags }).filter(([, value]) => value !== undefined);
  if (given.length > 0) throw invalid('--alone', 'makes no authority, so it takes no other option but the folder');
}

/** Ends the replacement of an authority in the folder with `dropReplaced`. Resolves with a sentence about it. */
export async function endReplacement(folder: string): Promise<string> {
  const count = await dropReplaced(folder);
  if (count === 0) return `${folder}/ca-cert.pem trusts the authority alone already.`;
  const others = count === 1 ? 'the authority that it replaced' : `the ${count} authorities that it replaced`;
  return `${folder}/ca-cert.pem trusts the authority alone, and not ${others} any more.`;
}
