// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const started = performance.now();

/** Milliseconds since the program started. */
export const elapsed = (): number => performance.now() - started;

/** Formats a time of `elapsed` as minutes and seconds. */
export function clock(ms: number = elapsed()): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** The event log of a run: printed as events happen, and counted for the summary. */
export class EventLog {
  readonly #outcomes = new Map<string, Map<string, number>>();
  readonly #slowest = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  differences = 0;

  write(text: string): void {
    process.stdout.write(`${clock()} ${text}\n`);
  }

  fault(kind: string, text: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    this.write(text);
  }

  /** `outcome` is OK or the name of a gRPC status. */
  call(rpc: string, outcome: string, ms: number): void {
    const counts = this.#outcomes.get(rpc) ?? new Map<string, number>();
    this.#outcomes.set(rpc, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
    this.#slowest.set(rpc, Math.max(ms, this.#slowest.get(rpc) ?? 0));
  }

  /** Records a difference from the expected state, by which the soak fails. */
  difference(text: string): void {
    this.differences++;
    this.write(`DIFFERENCE ${text}`);
  }

  summary(): string {
    const faults = [...this.#faults].sort().map(([kind, count]) => `  ${kind}: ${count}`);
    const calls = [...this.#outcomes].sort().map(([rpc, counts]) => {
      const outcomes = [...counts].sort().map(([outcome, count]) => `${outcome} ${count}`);
      return `  ${rpc}: ${outcomes.join(', ')}; at most ${(this.#slowest.get(rpc)! / 1000).toFixed(2)} s`;
    });
    return ['faults', ...faults, 'calls', ...calls, `differences: ${this.differences}`].join('\n');
  }
}
