// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** What was waited for has not come in time: exit status 3, so that scripts can tell it from a failure. */
export class TimedOut extends GivcError {
  constructor(message: string) {
    super('DEADLINE_EXCEEDED', message);
  }
}
