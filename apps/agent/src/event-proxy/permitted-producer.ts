// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** Who may send input to a consumer. */
export class PermittedProducer {
  /** The only peer that may, by the name in its certificate; undefined where none may. */
  readonly permittedPeer!: VmName | undefined;
}
