// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Worker } from 'node:worker_threads';

/** What a worker has found in the run of a seed. */
export interface Finding {
  readonly seed: number;
  readonly rule: string;
  readonly text: string;
}

/** Which runs a worker makes: those of every `step`-th seed from `first` on, as many as that. */
export interface Share {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly faults: readonly string[] | undefined;
}

/** What a run makes is garbage when it ends, so that a large young generation saves much. */
const youngMb = 64;

export interface Campaign {
  readonly firstSeed: number;
  readonly runs: number;
  readonly workers: number;
  readonly faults: readonly string[] | undefined;
  /** Ends with the first that is found. */
  readonly untilFound: boolean;
  /** Called for each as soon as it is found. */
  onFinding(finding: Finding): void;
}

/** Makes the runs of a campaign in workers, which run the program at this URL; resolves with what they have found. */
export async function campaign(
  program: URL,
  { firstSeed, runs, workers, faults, untilFound, onFinding }: Campaign,
): Promise<Finding[]> {
  const findings: Finding[] = [];
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
          worker.on('message', (finding: Finding) => {
            findings.push(finding);
            onFinding(finding);
            if (untilFound) void stop();
          });
          worker.on('error', reject);
          worker.on('exit', () => resolve());
        }),
    ),
  );
  return findings.sort((a, b) => a.seed - b.seed);
}
