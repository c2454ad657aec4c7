// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, renameSync } from 'node:fs';

/**
 * Renames the file to `path.1`, after `path.1` to `path.2` and so on; the oldest beyond `kept` is replaced. Each rename
 * is atomic, and one that fails leaves a free number, with which the next attempt begins: it drops nothing more. It
 * does not use `NewFile`, because no file is written.
 */
export function moveAside(path: string, kept: number): void {
  let free = 1;
  while (free < kept && existsSync(`${path}.${free}`)) free++;
  for (let number = free; number > 1; number--) renameSync(`${path}.${number - 1}`, `${path}.${number}`);
  renameSync(path, `${path}.1`);
}
