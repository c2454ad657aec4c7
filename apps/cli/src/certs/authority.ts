import { createAuthority, parseCommonName, parseKeyType, writeAuthority, type AuthorityOptions } from '@givc/pki';

/** The flags of `certs authority` as they stand on the command line. */
export interface AuthorityFlags {
  readonly days?: number;
  readonly keyType?: string;
}

/** Throws INVALID_ARGUMENT that names the flag which is wrong. */
export const parseAuthority = (name: string | undefined, { days, keyType }: AuthorityFlags): AuthorityOptions => ({
  name: name === undefined ? undefined : parseCommonName('--name', name),
  days,
  keyType: keyType === undefined ? undefined : parseKeyType('--key-type', keyType),
});

/** Makes an authority and writes it into the folder, see `writeAuthority`. */
export const makeAuthority = (folder: string, options: AuthorityOptions, force?: boolean): Promise<void> =>
  writeAuthority(folder, createAuthority(options), { force });
