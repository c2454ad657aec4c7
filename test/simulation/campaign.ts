// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Worker } from 'node:worker_threads';

/** A violation of a rule that a worker has found in the run of a seed. */
export interface FoundViolation {
  readonly seed: number;
  readonly rule: string;
  readonly text: string;
}

/** The runs of a worker: `count` runs, with every `step`-th seed from `first` on. */
export interface Share {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly faults: readonly string[] | undefined;
}

/** The objects of a run are garbage when it ends, so a large young generation saves time. */
const youngMb = 64;

export interface Campaign {
  readonly firstSeed: number;
  readonly runs: number;
  readonly workers: number;
  readonly faults: readonly string[] | undefined;
  /** Whether the campaign ends with the first violation. */
  readonly untilFound: boolean;
  /** Called for each violation as soon as it is found. */
  onViolation(violation: FoundViolation): void;
}

/** Runs a campaign in workers, which execute the program at this URL; resolves with the violations, sorted by seed. */
export async function campaign(
  program: URL,
  { firstSeed, runs, workers, faults, untilFound, onViolation }: Campaign,
): Promise<FoundViolation[]> {
  const violations: FoundViolation[] = [];
  const all = Array.from({ length: workers }, (_, index) => {
    const count = Math.ceil((runs - index) / workers);
    const share: Share = { first: firstSeed + index, step: workers, count, faults };
    return new Worker(program, { workerData: share, resourceLimits: { maxYoungGenerationSizeMb: youngMb } });
  });
  const stop = () => Promise.all(all.map((worker) => worker.terminate()));
  await Promise.all(
    all.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on('message', (violation: FoundViolation) => {
            violations.push(violation);
            onViolation(violation);
            if (untilFound) void stop();
          });
          worker.on('error', reject);
          worker.on('exit', () => resolve());
        }),
    ),
  );
  return violations.sort((a, b) => a.seed - b.seed);
}
