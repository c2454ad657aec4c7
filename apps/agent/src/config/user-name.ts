// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { parsed } from '@givc/config';
import { invalid, quoted } from '@givc/model';

/** The names that useradd(8) of Debian and systemd-sysusers accept, so that a number is not a user name. */
export const userName = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/.test(value))
    throw invalid(field, `invalid user ${quoted(value)}: expected a name as of useradd(8)`);
  return value;
});
