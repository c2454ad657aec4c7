// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The part of the admin's configuration for the recovery of VMs. */
export class LivenessConfig {
  /** Whether VMs that crashed are started again. */
  readonly monitoring!: boolean;
  /** VM units that the admin keeps running. */
  readonly services!: readonly string[];
}
