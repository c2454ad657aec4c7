// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, type PolicyName, quoted } from '@givc/model';
import { verifyMinisign, type MinisignKey } from './minisign.js';

/** The version and the time of a signed policy, from the trusted comment of its signature; 0 or more. */
export interface SignedVersion {
  /** The number of the word `version:N`. */
  readonly version: number | undefined;
  /** The seconds since 1970 of the word `timestamp:N`, which minisign writes unless it is given a comment. */
  readonly timestamp: number | undefined;
}

/** The policy that was accepted last. */
export interface AcceptedPolicy extends SignedVersion {
  readonly sha256: string;
}

const rejected = (name: PolicyName, problem: string, cause?: unknown): GivcError =>
  new GivcError('PERMISSION_DENIED', `policy "${name}": ${problem}`, { cause });

const valueOf = (comment: string, key: string): string | undefined =>
  new RegExp(`(?:^|\\s)${key}:(\\S+)`).exec(comment)?.[1];

const numberOf = (word: string | undefined): number | undefined =>
  word !== undefined && /^[0-9]{1,15}$/.test(word) ? Number(word) : undefined;

export interface SignatureSettings {
  readonly publicKey: MinisignKey;
  /**
   * Whether the trusted comment needs the word `policy:NAME`; a comment with that word is only valid for the policy
   * NAME.
   */
  readonly requireName: boolean;
}

/**
 * Throws PERMISSION_DENIED unless the signature is by the key, for this BLAKE2b-512 digest, and not of another policy.
 */
export function assertSigned(
  name: PolicyName,
  { publicKey, requireName }: SignatureSettings,
  signature: string | undefined,
  digest: Uint8Array,
): SignedVersion {
  const suffix = 'capabilities.policy.publicKey asks for a signature';
  if (signature === undefined) throw rejected(name, `it is not signed; ${suffix}`);
  let comment: string;
  try {
    comment = verifyMinisign(publicKey, signature, digest);
  } catch (error) {
    throw rejected(name, `${messageOf(error)}; ${suffix}`, error);
  }
  const signedName = valueOf(comment, 'policy');
  if (signedName === undefined && requireName)
    throw rejected(name, 'its trusted comment names no policy; capabilities.policy.requireName asks for policy:NAME');
  if (signedName !== undefined && signedName !== name)
    throw rejected(name, `it is signed as policy ${quoted(signedName)}; ${suffix}`);
  const [version, timestamp] = [valueOf(comment, 'version'), valueOf(comment, 'timestamp')];
  if (version !== undefined && numberOf(version) === undefined)
    throw rejected(name, `its trusted comment has version ${quoted(version)}: expected at most 15 digits`);
  return { version: numberOf(version), timestamp: numberOf(timestamp) };
}

/**
 * Throws PERMISSION_DENIED when the policy is older than the last accepted one, or has the same age and another
 * content. Versions take precedence over timestamps: once a policy had a version, its timestamp is ignored, and a
 * version or timestamp that it had once is required from then on.
 */
export function assertNotOlder(name: PolicyName, before: AcceptedPolicy | undefined, now: AcceptedPolicy): void {
  const key = before?.version !== undefined || now.version !== undefined ? 'version' : 'timestamp';
  const last = before?.[key];
  if (last === undefined) return;
  const next = now[key];
  const fix = `sign what is to be installed, old or new, with a higher ${key}`;
  if (next === undefined) throw rejected(name, `it is signed without a ${key}, after one with ${key} ${last}; ${fix}`);
  if (next < last) throw rejected(name, `it is signed with ${key} ${next}, after one with ${last}; ${fix}`);
  if (next === last && now.sha256 !== before!.sha256)
    throw rejected(name, `another one was signed with ${key} ${last}, too; ${fix}`);
}
