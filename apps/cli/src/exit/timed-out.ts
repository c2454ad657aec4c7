// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** The awaited state was not reached within the timeout: `exitStatus.timedOut`, unlike a failure. */
export class TimedOut extends GivcError {
  constructor(message: string) {
    super('DEADLINE_EXCEEDED', message);
  }
}
