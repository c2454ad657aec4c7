// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { report } from '@givc/rpc';
import type { Table } from '../output/table.js';
import { ago } from '../status/age.js';

/** One policy of one VM, under the names of the JSON output. */
export interface ListedPolicy {
  readonly vm_name: string;
  readonly policy: string;
  readonly state: 'current' | 'outdated' | 'missing' | 'unknown';
  readonly wanted: string | null;
  readonly delivered: string | null;
  /** ISO 8601, UTC. */
  readonly delivered_at: string | null;
  readonly problem: string | null;
  readonly source_problem: string | null;
}

function stateOf({ wanted_sha256: wanted, delivered_sha256: delivered }: report.VmPolicy): ListedPolicy['state'] {
  if (wanted === '') return 'unknown';
  if (delivered === '') return 'missing';
  return delivered === wanted ? 'current' : 'outdated';
}

/** A time after the year 9999, which RFC 3339 cannot express, is treated as unknown. */
const lastMs = Date.UTC(10_000, 0, 1) - 1;
const isoTime = (ms: number | undefined): string | null =>
  ms === undefined || ms > lastMs ? null : new Date(ms).toISOString();

export const listedPolicy = (policy: report.VmPolicy): ListedPolicy => ({
  vm_name: policy.vm_name,
  policy: policy.policy_name,
  state: stateOf(policy),
  wanted: policy.wanted_sha256 || null,
  delivered: policy.delivered_sha256 || null,
  delivered_at: isoTime(policy.delivered_at_ms),
  problem: policy.delivery_error || null,
  source_problem: policy.source_error || null,
});

const head = ['VM', 'POLICY', 'STATE', 'VM HAS', 'ADMIN HAS', 'SENT', 'PROBLEM'];

const short = (hash: string | null): string => hash?.slice(0, 12) ?? '';

const rowOf = (policy: ListedPolicy, now: number): string[] => [
  policy.vm_name,
  policy.policy,
  policy.state,
  short(policy.delivered),
  short(policy.wanted),
  policy.delivered_at === null ? '' : ago(Math.max(0, now - Date.parse(policy.delivered_at))),
  [policy.problem, policy.source_problem].filter((one) => one !== null).join('; '),
];

/** Policies with hashes cut to their beginning; `now` is in milliseconds since 1970. */
export const policyTable = (policies: readonly ListedPolicy[], now: number): Table => ({
  head,
  rows: policies.map((policy) => rowOf(policy, now)),
});
