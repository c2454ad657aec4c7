// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { priorities } from '../logs/priority.js';
import { rpcNames } from '../policy/policy-request.js';
import { bareWords, type Candidate } from '../names/candidate.js';
import { applicationNames, instanceNames, unitNames, vmNames, type NamesOf } from '../names/registry-names.js';
import { shells } from './scripts.js';

/** The possible values of an argument or an option. */
export type PlaceholderMeaning =
  /** Names from the registry, and with `needsMachines` from `report.Machines`, too. */
  | { readonly kind: 'names'; readonly of: NamesOf; readonly needsMachines?: boolean }
  | { readonly kind: 'words'; readonly list: () => readonly Candidate[] }
  /** The shell itself completes them. */
  | { readonly kind: 'files' | 'folders' };

const words = (list: () => readonly string[]): PlaceholderMeaning => ({ kind: 'words', list: () => bareWords(list()) });

/**
 * The meaning of each placeholder, which is the same in every command: `<vm>` is always a VM. Placeholders without an
 * entry are free text; options with choices list their values themselves.
 */
export const placeholders: Readonly<Record<string, PlaceholderMeaning>> = {
  vm: { kind: 'names', of: vmNames },
  unit: { kind: 'names', of: unitNames },
  instance: { kind: 'names', of: instanceNames },
  app: { kind: 'names', of: applicationNames, needsMachines: true },
  file: { kind: 'files' },
  folder: { kind: 'folders' },
  zone: words(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]),
  request: words(() => ['ctap.GetInfo', 'ctap.ClientPin', 'u2f.Register', 'u2f.Authenticate']),
  rpc: words(rpcNames),
  priority: words(() => priorities),
  time: words(() => ['today', 'yesterday', 'now', '-10min', '-1h']),
  shell: words(() => Object.keys(shells)),
};

/** The placeholder in flags: `vm` in `--vm <vm>`, `unit` in `--by-name <unit...>`. */
export const placeholderOf = (flags: string): string => /[<[]([^\]>.]+)/.exec(flags)?.[1] ?? '';
