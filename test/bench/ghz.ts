// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { certificatesOf, checkout } from '../lab/plan.js';
import { output } from '../lab/run.js';
import { percentile } from './measurement.js';

/** The load generator that users of gRPC have, written in Go: https://ghz.sh */
const source = 'github.com/bojand/ghz/cmd/ghz@v0.93.0';
const folder = join(checkout, 'dist/bench');

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** Installs ghz by go(1) where neither PATH nor `dist/bench` has it; the lab itself has no network. */
export function installGhz(): void {
  if (isThere('ghz') || isThere(join(folder, 'ghz'))) return;
  process.stderr.write(`Installing ${source} ...\n`);
  spawnSync('go', ['install', source], { env: { ...process.env, GOBIN: folder }, stdio: ['ignore', 2, 2] });
}

function ghz(): string {
  const found = ['ghz', join(folder, 'ghz')].find(isThere);
  if (found === undefined) throw new Error(`ghz is absent: go install ${source}`);
  return found;
}

export interface GhzCall {
  /** `package.Service/Method`. */
  readonly rpc: string;
  readonly request: object;
  /** `ADDRESS:PORT` of an admin. */
  readonly address: string;
}

/** The options of ghz for how many callers call how often. */
export interface GhzLoad {
  readonly callers: number;
  readonly calls: number;
  readonly perSecond?: number;
}

/** Times in milliseconds. */
export interface GhzResult {
  /** The duration of each call, in the order in which they began. */
  readonly durations: readonly number[];
  readonly perSecond: number;
  /** The CPU time of ghz itself, per call. */
  readonly cpuMs: number;
}

interface Report {
  readonly rps: number;
  readonly details: readonly { readonly timestamp: string; readonly latency: number; readonly error: string }[];
}

/** The user and system time in the second line of `times` of sh(1), in milliseconds. */
const cpuOf = (times: string): number =>
  Array.from(times.split('\n')[1]!.matchAll(/(\d+)m([\d.]+)s/g)).reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );

/** Runs ghz with the certificate of the operator, on one connection. Throws when a call has failed. */
export async function runGhz({ rpc, request, address }: GhzCall, load: GhzLoad): Promise<GhzResult> {
  const certificates = certificatesOf('operator');
  const command = [
    ...[ghz(), '--protoset', `${checkout}/proto/contract.binpb`, '--call', rpc],
    ...['--cacert', `${certificates}/ca-cert.pem`, '--cert', `${certificates}/cert.pem`],
    ...['--key', `${certificates}/key.pem`, '--cname', 'admin-vm', '-d', JSON.stringify(request), '-O', 'json'],
    ...['-c', String(load.callers), '-n', String(load.calls)],
    ...(load.perSecond === undefined ? [] : ['--rps', String(load.perSecond)]),
    address,
  ];
  const text = await output(['sh', '-c', '"$@" && times', 'sh', ...command]);
  const end = text.lastIndexOf('}') + 1;
  const { details, rps } = JSON.parse(text.slice(0, end)) as Report;
  const failed = details.find(({ error }) => error !== '');
  if (failed) throw new Error(`${rpc}: ${failed.error}`);
  const sorted = details.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
  return {
    durations: sorted.map(({ latency }) => latency / 1e6),
    perSecond: rps,
    cpuMs: cpuOf(text.slice(end).trimStart()) / details.length,
  };
}

/** The median of the results of several runs. */
export const medianOf = (results: readonly GhzResult[], value: (result: GhzResult) => number): number =>
  percentile(results.map(value), 0.5);
