// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Lab } from './lab.js';
import { labFolder } from './plan.js';

const problemFile = `${labFolder}/problem`;

let known: Promise<Lab> | undefined;

/**
 * The one lab of a test run. The first spec that needs it starts it, and it is repaired for each later spec. It ends
 * with the namespaces of the run.
 */
export function sharedLab(): Promise<Lab> {
  known ??= existsSync(labFolder) ? attach() : Lab.start();
  return known;
}

/** The error of a failed repair, with which all later specs fail at once. */
async function attach(): Promise<Lab> {
  const lab = Lab.attach();
  if (existsSync(problemFile)) throw new Error(readFileSync(problemFile, 'utf8'));
  try {
    await lab.mend();
  } catch (error) {
    writeFileSync(problemFile, `the lab was not in order before: ${(error as Error).message}`);
    throw error;
  }
  return lab;
}
