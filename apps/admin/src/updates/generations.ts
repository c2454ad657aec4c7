// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted } from '@givc/config';
import { GivcError, parseText, quoted } from '@givc/model';
import type { admin } from '@givc/rpc';

const maxGenerations = 1_000;
const maxSpecialisations = 64;
const maxText = 256;
const maxPath = 1_024;
const specialisations = 'org.nixos.specialisation.v1';

/** The fields in the output of `ota-update get` that are used; newer versions may print more. */
const generation = z.object({
  generation: z.int32(),
  nixosVersion: z.string(),
  kernelVersion: z.string(),
  configurationRevision: absent(z.string()),
  storePath: z.string(),
  current: z.boolean(),
  /** https://github.com/NixOS/rfcs/blob/master/rfcs/0125-bootspec.md */
  bootspec: absent(z.object({ [specialisations]: defaulted(z.record(z.string(), z.unknown()), {}) })),
});

const generations = z.array(generation).check(z.maxLength(maxGenerations));

const versionDate = /^\d+\.\d+(?:\.|pre|beta)(\d{4})(\d{2})(\d{2})(?!\d)/;

/** The day of the sources, `YYYY-MM-DD`, of versions like `25.05.20250612.fd48718`; empty for others. */
export function dateOf(nixosVersion: string): string {
  const [, year, month, day] = versionDate.exec(nixosVersion) ?? [];
  const date = `${year}-${month}-${day}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : '';
}

const messageFor = (value: z.output<typeof generation>): admin.Generation => ({
  Generation: value.generation,
  Date: dateOf(value.nixosVersion),
  NixosVersion: parseText(value.nixosVersion, maxText),
  KernelVersion: parseText(value.kernelVersion, maxText),
  ConfigurationRevision: parseText(value.configurationRevision ?? 'unknown', maxText),
  Specialisations: Object.keys(value.bootspec?.[specialisations] ?? {})
    .slice(0, maxSpecialisations)
    .map((name) => parseText(name, maxText)),
  Current: value.current,
  StorePath: parseText(value.storePath, maxPath),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GivcError('INTERNAL', 'ota-update get: its output is not JSON', { cause: error });
  }
}

/** The output of `ota-update get`, in its order. INTERNAL, with the path of the mistake, when it is invalid. */
export function parseGenerations(text: string): admin.Generation[] {
  const result = z.safeParse(generations, parseJson(text));
  if (result.success) return result.data.map(messageFor);
  const { path, message } = result.error.issues[0]!;
  const position = path.map((key) => `[${typeof key === 'string' ? quoted(key) : String(key)}]`).join('');
  throw new GivcError('INTERNAL', `ota-update get: in its output, ${position || 'the list'}: ${message}`);
}
