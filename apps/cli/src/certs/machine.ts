// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseVmName, quoted, type VmName } from '@givc/model';
import { parseAddress, parseImageSize, parseKeyType, type KeyType, type KeyUsage } from '@givc/pki';

/** A machine to issue certificates for. */
export interface Machine {
  readonly name: VmName;
  readonly addresses: readonly string[];
  /** 365 when undefined. */
  readonly days: number | undefined;
  /** When undefined, an existing key of any type is kept, and a new one is of P-256. */
  readonly keyType: KeyType | undefined;
  readonly usages: readonly KeyUsage[];
  readonly image: { readonly size: number } | undefined;
}

/** The flags of `certs issue` as strings. */
export interface MachineFlags {
  readonly ip?: readonly string[];
  readonly days?: number;
  readonly keyType?: string;
  readonly usage?: string;
  readonly image?: string;
  readonly imageSize?: string;
}

const usages: Readonly<Record<string, readonly KeyUsage[]>> = {
  both: ['serverAuth', 'clientAuth'],
  server: ['serverAuth'],
  client: ['clientAuth'],
};

export const defaultImageSize = '1M';

/** Throws INVALID_ARGUMENT that names `field` unless `value` is `both`, `server` or `client`. */
export function parseKeyUsages(field: string, value: string): readonly KeyUsage[] {
  const found = Object.hasOwn(usages, value) ? usages[value] : undefined;
  if (!found) throw invalid(field, `invalid usage ${quoted(value)}: expected ${Object.keys(usages).join(', ')}`);
  return found;
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` is a kind of image that can be made: `ext4`. */
export function parseImageType(field: string, value: string): 'ext4' {
  if (value !== 'ext4') throw invalid(field, `invalid image ${quoted(value)}: expected ext4`);
  return value;
}

/** Throws INVALID_ARGUMENT that names the argument or flag which is wrong. */
export function parseMachine(name: string, flags: MachineFlags): Machine {
  if (flags.imageSize !== undefined && flags.image === undefined)
    throw invalid('--image-size', 'it needs --image ext4');
  if (flags.image !== undefined) parseImageType('--image', flags.image);
  return {
    name: parseVmName('NAME', name),
    addresses: [...new Set((flags.ip ?? []).map((ip) => parseAddress('--ip', ip)))],
    days: flags.days,
    keyType: flags.keyType === undefined ? undefined : parseKeyType('--key-type', flags.keyType),
    usages: parseKeyUsages('--usage', flags.usage ?? 'both'),
    image: (flags.image && { size: parseImageSize('--image-size', flags.imageSize ?? defaultImageSize) }) || undefined,
  };
}
