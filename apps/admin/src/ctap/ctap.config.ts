// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** What security keys need of the admin's configuration. */
export class CtapConfig {
  /** The only machine that is asked for security keys. */
  readonly ctapVm!: VmName;
}
