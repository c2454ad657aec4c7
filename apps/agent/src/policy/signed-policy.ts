import { GivcError, messageOf, type PolicyName, quoted } from '@givc/model';
import { verifyMinisign, type MinisignKey } from './minisign.js';

/** When a policy was signed, by what the trusted comment of its signature says; 0 or more. */
export interface SignedVersion {
  /** Of the word `version:N`. */
  readonly version: number | undefined;
  /** Of the word `timestamp:N`, which minisign writes unless it is given a comment: seconds since 1970. */
  readonly timestamp: number | undefined;
}

/** What was accepted last of a policy. */
export interface AcceptedPolicy extends SignedVersion {
  readonly sha256: string;
}

const refused = (name: PolicyName, problem: string, cause?: unknown): GivcError =>
  new GivcError('PERMISSION_DENIED', `policy "${name}": ${problem}`, { cause });

const wordOf = (comment: string, key: string): string | undefined =>
  new RegExp(`(?:^|\\s)${key}:(\\S+)`).exec(comment)?.[1];

const numberOf = (word: string | undefined): number | undefined =>
  word !== undefined && /^[0-9]{1,15}$/.test(word) ? Number(word) : undefined;

export interface SignatureSettings {
  readonly publicKey: MinisignKey;
  /** Whether the trusted comment has to have the word `policy:NAME`; one that has it is of the policy NAME only. */
  readonly requireName: boolean;
}

/** PERMISSION_DENIED unless the signature is by the key, of what has this BLAKE2b-512 digest, and may be of this policy. */
export function assertSigned(
  name: PolicyName,
  { publicKey, requireName }: SignatureSettings,
  signature: string | undefined,
  digest: Uint8Array,
): SignedVersion {
  const suffix = 'capabilities.policy.publicKey asks for a signature';
  if (signature === undefined) throw refused(name, `it is not signed; ${suffix}`);
  let comment: string;
  try {
    comment = verifyMinisign(publicKey, signature, digest);
  } catch (error) {
    throw refused(name, `${messageOf(error)}; ${suffix}`, error);
  }
  const meant = wordOf(comment, 'policy');
  if (meant === undefined && requireName)
    throw refused(name, 'its trusted comment names no policy; capabilities.policy.requireName asks for policy:NAME');
  if (meant !== undefined && meant !== name) throw refused(name, `it is signed as policy ${quoted(meant)}; ${suffix}`);
  const [version, timestamp] = [wordOf(comment, 'version'), wordOf(comment, 'timestamp')];
  if (version !== undefined && numberOf(version) === undefined)
    throw refused(name, `its trusted comment has version ${quoted(version)}: expected at most 15 digits`);
  return { version: numberOf(version), timestamp: numberOf(timestamp) };
}

/**
 * PERMISSION_DENIED when the policy is older than the one that was accepted last, or as old and another one. Versions come
 * after time: once a policy had a version its time counts no more, and once it had one of both it may not be without.
 */
export function assertNotOlder(name: PolicyName, before: AcceptedPolicy | undefined, now: AcceptedPolicy): void {
  const key = before?.version !== undefined || now.version !== undefined ? 'version' : 'timestamp';
  const last = before?.[key];
  if (last === undefined) return;
  const next = now[key];
  const wanted = `sign what is to be installed, old or new, with a higher ${key}`;
  if (next === undefined)
    throw refused(name, `it is signed without a ${key}, after one with ${key} ${last}; ${wanted}`);
  if (next < last) throw refused(name, `it is signed with ${key} ${next}, after one with ${last}; ${wanted}`);
  if (next === last && now.sha256 !== before!.sha256)
    throw refused(name, `another one was signed with ${key} ${last}, too; ${wanted}`);
}
