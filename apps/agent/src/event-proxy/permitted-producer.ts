// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** The producer that may send input to a consumer. */
export class PermittedProducer {
  /** The only permitted peer, by the name in its certificate; undefined when none is permitted. */
  readonly permittedPeer!: VmName | undefined;
}
