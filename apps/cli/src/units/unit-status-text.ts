// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { systemd } from '@givc/rpc';
import { plain } from '../output/plain-text.js';

/** A unit in the format of systemctl(1). */
export const unitStatusText = (status: systemd.UnitStatus): string =>
  [
    status.Description ? `${plain(status.Name)} - ${plain(status.Description)}` : plain(status.Name),
    `  Loaded: ${plain(status.LoadState)}`,
    `  Active: ${plain(status.ActiveState)} (${plain(status.SubState)})`,
    `  Freezer: ${plain(status.FreezerState)}`,
    `  Path: ${plain(status.Path)}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
