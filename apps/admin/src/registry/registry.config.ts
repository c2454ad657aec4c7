// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** The part of the admin's configuration for the registry. */
export class RegistryConfig {
  /** The name in the host's certificate; undefined when it is the first of `services` that registers as the host. */
  readonly hostName!: VmName | undefined;
  /** VM units that the admin keeps running. */
  readonly services!: readonly string[];
}
