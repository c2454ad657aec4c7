// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/**
 * The text of a dependency with each key replaced by its value. Throws when a key is missing, because the dependency
 * has changed.
 */
export function patched(file, replacements) {
  return Object.entries(replacements).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`cannot patch ${file}: it has no ${from}`);
      return text.replaceAll(from, to);
    },
    readFileSync(file, 'utf8'),
  );
}
