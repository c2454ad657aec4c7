// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';

/** The part of the admin's configuration for security keys. */
export class CtapConfig {
  /** The only machine that is asked for security keys. */
  readonly ctapVm!: VmName;
}
