import type { admin } from '@givc/rpc';

/** A generation as programs read it. */
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

export const listedGeneration = (told: admin.Generation): ListedGeneration => ({
  generation: told.Generation,
  date: told.Date,
  nixos_version: told.NixosVersion,
  kernel_version: told.KernelVersion,
  configuration_revision: told.ConfigurationRevision,
  specialisations: told.Specialisations,
  current: told.Current,
  store_path: told.StorePath,
});
