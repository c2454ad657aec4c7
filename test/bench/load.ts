// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from 'node:url';
import { output } from '../lab/run.js';

export const loads = ['queryList', 'unitStatus'] as const;
export type LoadName = (typeof loads)[number];

/** The result of callers that never wait between two calls. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs 32 callers on one connection, in their own process, which shares the machine's cores with the rest. */
export async function runLoad(name: LoadName): Promise<LoadResult> {
  const program = fileURLToPath(new URL('load-main.ts', import.meta.url));
  return JSON.parse(await output([process.execPath, '--import', 'tsx', program, name])) as LoadResult;
}
