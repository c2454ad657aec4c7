// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Target } from '../../support/raw-connection.js';
import { floods } from './floods.js';
import { type Random } from './random.js';

/** Sends at least this number of random frames and messages, each kind with its share; resolves with their number. */
export async function sendRandom(target: Target, random: Random, count: number): Promise<number> {
  let sent = 0;
  for (const [assault, share] of floods)
    for (const end = sent + count * (share / 100); sent < end;) sent += await assault(target, random);
  return sent;
}
