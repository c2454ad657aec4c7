// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from './givc-error.js';
import { closestNames } from './closest-names.js';
import type { VmName } from './names.js';

const listedMax = 10;

/** NOT_FOUND for an unknown VM; the closest known name is suggested, and ten names are listed. */
export function unknownVm(vm: VmName, known: Iterable<string>): GivcError {
  const names = [...new Set(known)].sort();
  const rest = names.length - listedMax;
  const list = names.slice(0, listedMax).join(', ') || 'none';
  const [nearest] = closestNames(vm, names);
  return new GivcError(
    'NOT_FOUND',
    `VM "${vm}" is unknown (known: ${list}${rest > 0 ? ` and ${rest} more` : ''})` +
      (nearest === undefined ? '' : `: did you mean ${nearest}?`),
  );
}
