// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, parseConfig, parsed, readJson } from '@givc/config';
import { GivcError, messageOf, parseVmName, quoted } from '@givc/model';
import { parseAddress, parseImageSize, parseKeyType } from '@givc/pki';
import { defaultImageSize, parseImageType, parseKeyUsages, type Machine } from './machine.js';

const image = z.strictObject({
  type: parsed(z.string(), parseImageType),
  size: defaulted(parsed(z.union([z.string(), z.number()]), parseImageSize), defaultImageSize),
});

const machine = z.pipe(
  z.strictObject({
    name: parsed(z.string(), parseVmName),
    addresses: defaulted(z.array(parsed(z.string(), parseAddress)), []),
    days: absent(z.number().check(z.int(), z.gte(1), z.lte(36500))),
    keyType: absent(parsed(z.string(), parseKeyType)),
    usage: defaulted(parsed(z.string(), parseKeyUsages), 'both'),
    image: absent(image),
  }),
  z.transform(({ usage, ...rest }): Machine => ({ ...rest, usages: usage })),
);

type Path = readonly (string | number)[];

const formatPath = ([at, ...keys]: Path): string =>
  keys.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), `machines[${at}]`);

/** The values that must be different for all machines, with their paths: names, addresses and output files. */
function claims(machines: readonly Machine[]): [what: string, path: Path][] {
  return machines.flatMap(({ name, addresses, image }, at): [string, Path][] => [
    // Case is ignored, because some file systems and resolvers ignore it.
    [name.toLowerCase(), [at, 'name']],
    ...(image ? [[`${name}.img`.toLowerCase(), [at, 'image']] as [string, Path]] : []),
    ...addresses.map((address, index): [string, Path] => [address, [at, 'addresses', index]]),
  ]);
}

const unique = z.check<readonly Machine[]>(({ value, issues }) => {
  const taken = new Map<string, Path>();
  for (const [what, path] of claims(value)) {
    const earlier = taken.get(what);
    if (earlier)
      issues.push({
        code: 'custom',
        message: `${quoted(what)} is taken by ${formatPath(earlier)}`,
        path: [...path],
        input: value,
      });
    else taken.set(what, path);
  }
});

const inventory = z.strictObject({ machines: z.array(machine).check(z.minLength(1), z.maxLength(1000), unique) });

/**
 * Reads the machines of an inventory file in JSON. Throws one INVALID_ARGUMENT that names the file and the mistakes
 * with their paths; an unknown key is a mistake, because it may be a misspelt address.
 */
export function readInventory(file: string): readonly Machine[] {
  const input = readJson(file);
  const mistakes = (lines: readonly string[]): GivcError =>
    new GivcError('INVALID_ARGUMENT', `${file}: ${lines.join('; ')}`);
  let read;
  try {
    read = parseConfig(inventory, input);
  } catch (error) {
    if (error instanceof GivcError) throw mistakes(messageOf(error).split('\n'));
    throw error;
  }
  if (read.warnings.length > 0) throw mistakes(read.warnings);
  return read.value.machines;
}
