// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** What the recovery of VMs needs of the admin's configuration. */
export class LivenessConfig {
  /** Whether VMs that crashed are started again. */
  readonly monitoring!: boolean;
  /** VM units that the admin keeps running. */
  readonly services!: readonly string[];
}
