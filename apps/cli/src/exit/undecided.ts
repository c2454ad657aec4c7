// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** The answer depends on something unknown: `exitStatus.undecided`, which scripts can distinguish from yes and no. */
export class Undecided extends GivcError {
  constructor(message: string) {
    super('FAILED_PRECONDITION', message);
  }
}
