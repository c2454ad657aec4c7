// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';

/** The priorities of syslog(3), by number. */
export const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** The number of a priority that is given by its name or number. Throws INVALID_ARGUMENT with the names. */
export function parsePriority(value: string): number {
  const number = /^[0-7]$/.test(value) ? Number(value) : priorities.indexOf(value);
  if (number < 0)
    throw invalid('--priority', `invalid priority ${quoted(value)}: expected 0-7 or ${priorities.join(', ')}`);
  return number;
}
