// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** What the lifecycle of VMs needs of the admin's configuration. */
export class LifecycleConfig {
  /** How long a VM may take from the start of its unit until its agent has registered. */
  readonly bootLimitMs!: number;
}
