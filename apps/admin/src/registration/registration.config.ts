// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** The part of the admin's configuration for registrations. */
export class RegistrationConfig {
  /** The name of the admin's own machine. */
  readonly name!: VmName;
  /** The unix and abstract (`@name`) sockets that agents may register as their endpoints. */
  readonly agentSockets!: readonly string[];
}
