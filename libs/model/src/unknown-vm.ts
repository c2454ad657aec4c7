// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from './givc-error.js';
import { didYouMean } from './closest-names.js';
import type { VmName } from './names.js';

/**
 * NOT_FOUND for an unknown VM, with the closest of the names that its reader may know: a daemon gives none, because not
 * every caller may list them.
 */
export function unknownVm(vm: VmName, known: readonly string[] = []): GivcError {
  const question = didYouMean(vm, known);
  return new GivcError('NOT_FOUND', `VM "${vm}" is unknown${question && `: ${question}`}`);
}
