// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { Output } from '../output/output.js';
import { eventText } from './event-text.js';
import { queryHistory } from './query-history.js';

const last = 5;
const limitMs = 5_000;

/**
 * Prints the last events of a VM on stderr, which show why it cannot be reached. A failure is not reported, because
 * this only explains another error.
 */
export async function noteLastEvents(output: Output, admin: AdminClient, vm: string): Promise<void> {
  const lines: string[] = [];
  try {
    for await (const event of queryHistory(admin, { vm, last }, AbortSignal.timeout(limitMs)))
      lines.push(eventText(event));
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
  }
  if (lines.length > 0) output.note(`the last events of ${vm}, of "givc-cli history --vm ${vm}":`);
  for (const line of lines) output.note(line);
}
