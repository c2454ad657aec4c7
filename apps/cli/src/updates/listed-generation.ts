// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import type { Table } from '../output/table.js';

/** A generation in the JSON output. */
export interface ListedGeneration {
  readonly generation: number;
  readonly date: string;
  readonly nixos_version: string;
  readonly kernel_version: string;
  readonly configuration_revision: string;
  readonly specialisations: readonly string[];
  readonly current: boolean;
  readonly store_path: string;
}

export const listedGeneration = (generation: admin.Generation): ListedGeneration => ({
  generation: generation.Generation,
  date: generation.Date,
  nixos_version: generation.NixosVersion,
  kernel_version: generation.KernelVersion,
  configuration_revision: generation.ConfigurationRevision,
  specialisations: generation.Specialisations,
  current: generation.Current,
  store_path: generation.StorePath,
});

const head = ['GENERATION', 'CURRENT', 'DATE', 'NIXOS', 'KERNEL', 'REVISION', 'SPECIALISATIONS'];

const rowOf = (generation: admin.Generation): string[] => [
  String(generation.Generation),
  generation.Current ? 'yes' : '',
  generation.Date,
  generation.NixosVersion,
  generation.KernelVersion,
  generation.ConfigurationRevision,
  generation.Specialisations.join(' '),
];

/** Generations in the order of the list. */
export const generationTable = (generations: readonly admin.Generation[]): Table => ({
  head,
  rows: generations.map(rowOf),
});
