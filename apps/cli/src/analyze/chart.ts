// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The parts of a start, in the order of the legend. */
export const kinds = {
  command: 'command',
  vm: 'unit of the VM',
  kernel: 'kernel',
  initrd: 'initial RAM disk',
  userspace: 'systemd',
  agent: 'agent, until it has registered',
  unit: 'unit',
  application: 'application',
} as const;

export type Kind = keyof typeof kinds;

/** One bar. Times are in milliseconds since the begin of the chart. */
export interface Bar {
  readonly kind: Kind;
  readonly label: string;
  readonly beginMs: number;
  /** Undefined when it has not ended. */
  readonly endMs: number | undefined;
  /** What it waited for, by the labels of bars or the names of machines. */
  readonly after: readonly string[];
}

/** The bars of one machine. */
export interface Lane {
  readonly name: string;
  readonly vmType: string;
  readonly bars: readonly Bar[];
  /** Why its own times are missing; undefined when they are there. */
  readonly problem?: string | undefined;
}

/** A start across machines. */
export interface Chart {
  readonly title: string;
  /** In milliseconds since 1970. */
  readonly beginsAt: number;
  readonly lengthMs: number;
  readonly lanes: readonly Lane[];
  /** What is not in the chart. */
  readonly notes: readonly string[];
}

/** The times of all bars. */
export function lengthOf(lanes: readonly Lane[]): number {
  let length = 1;
  for (const { bars } of lanes) for (const { beginMs, endMs = beginMs } of bars) length = Math.max(length, endMs);
  return length;
}

const steps = [1, 2, 5];

/** The distance of the lines of a scale of which at most `most` fit. */
export function scaleStep(lengthMs: number, most: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of steps) if (lengthMs / (step * power) <= most) return step * power;
}

/** A point of the scale, without needless digits: `250 ms`, `1.5 s`, `40 s`. */
export const scaleText = (ms: number): string => (ms !== 0 && ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);

/** The chart in JSON. */
export const listedChart = ({ title, beginsAt, lengthMs, lanes, notes }: Chart) => ({
  title,
  begins_at: new Date(beginsAt).toISOString(),
  length_ms: Math.round(lengthMs),
  machines: lanes.map(({ name, vmType, problem, bars }) => ({
    name,
    vm_type: vmType,
    problem: problem ?? null,
    parts: bars.map(({ kind, label, beginMs, endMs, after }) => ({
      kind,
      name: label,
      begin_ms: Math.round(beginMs),
      end_ms: endMs === undefined ? null : Math.round(endMs),
      after,
    })),
  })),
  notes,
});
