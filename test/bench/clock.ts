// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type LabMachine } from '../lab/lab-machine.js';
import { output } from '../lab/run.js';

/**
 * Milliseconds of CLOCK_MONOTONIC (clock_gettime(2)): one clock for this program, every machine's systemd and journal.
 */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Runs the work and returns how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = now();
  await work();
  return now() - started;
}

/**
 * When systemd noticed the change of a unit, by one of its properties such as `InactiveEnterTimestampMonotonic`
 * (org.freedesktop.systemd1(5)), in milliseconds of `now`.
 */
export async function systemdTime(machine: LabMachine, unit: string, property: string): Promise<number> {
  const { stdout } = await machine.systemctl('show', `--property=${property}`, '--value', unit);
  const microseconds = Number(stdout.trim());
  if (!(microseconds > 0)) throw new Error(`${unit} in ${machine.name} has no ${property}: ${stdout.trim()}`);
  return microseconds / 1000;
}

interface JournalLine {
  readonly MESSAGE?: unknown;
  readonly __MONOTONIC_TIMESTAMP: string;
}

/** When a line of the journal (`journalctl --output=json`) was logged, if its message begins with this text. */
export function loggedAt(line: string, message: string): number | undefined {
  const { MESSAGE, __MONOTONIC_TIMESTAMP } = JSON.parse(line) as JournalLine;
  return typeof MESSAGE === 'string' && MESSAGE.startsWith(message) ? Number(__MONOTONIC_TIMESTAMP) / 1000 : undefined;
}

/** The arguments of journalctl(1) that select what the machine's program has logged since the machine booted. */
export const programJournal = ({ program }: LabMachine): string[] => [
  ...['journalctl', '--boot', '--no-pager', '--output=json', '--output-fields=MESSAGE'],
  ...[`_SYSTEMD_UNIT=${program}`, '+', `_SYSTEMD_USER_UNIT=${program}`],
];

/** When the machine's program last began to listen, in milliseconds of `now`. */
export async function listeningSince(machine: LabMachine): Promise<number> {
  await output(machine.enter(['journalctl', '--sync']));
  const lines = (await output(machine.enter(programJournal(machine)))).split('\n');
  const found = lines.map((line) => loggedAt(line, 'listening')).findLast((at) => at !== undefined);
  if (found === undefined) throw new Error(`${machine.program} has not logged that it listens`);
  return found;
}
