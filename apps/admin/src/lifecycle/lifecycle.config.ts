// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The part of the admin's configuration for the lifecycle of VMs. */
export class LifecycleConfig {
  /** The time limit of a VM from the start of its unit until its agent has registered. */
  readonly bootLimitMs!: number;
}
