// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, type CheckResult } from './check-result.js';

/** Whether two programs of GIVC have the same version, which mixed systems may not have for a while. */
export function checkVersion(subject: string, theirs: string, ours: string): CheckResult {
  const { ok, warning } = check('version', subject);
  return theirs === ours
    ? ok(`has version ${theirs}`)
    : warning(`has version ${theirs || 'unknown'}, and this program ${ours}`, 'install the same release everywhere');
}
