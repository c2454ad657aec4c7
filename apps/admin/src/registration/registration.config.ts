// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** What registrations need of the admin's configuration. */
export class RegistrationConfig {
  /** The name of the admin's own machine. */
  readonly name!: VmName;
  /** The unix and abstract (`@name`) sockets at which agents may register that they listen. */
  readonly agentSockets!: readonly string[];
}
