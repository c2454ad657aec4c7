// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from 'node:url';
import { output } from '../lab/run.js';

export const loads = ['queryList', 'unitStatus'] as const;
export type LoadName = (typeof loads)[number];

/** What callers that never wait between two calls got. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Lets 32 callers call on one connection, from a process of their own, which shares the machine's cores with the rest. */
export async function runLoad(name: LoadName): Promise<LoadResult> {
  const program = fileURLToPath(new URL('load-main.ts', import.meta.url));
  return JSON.parse(await output([process.execPath, '--import', 'tsx', program, name])) as LoadResult;
}
