// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { LabMachine } from './lab-machine.js';
import { consoleOf, journalOf, type MachineName } from './plan.js';
import { run } from './run.js';

const tailLines = 30;
/** A machine that does not boot may not answer these commands either. */
const commandLimitMs = 10_000;

/**
 * For error messages: the last lines of a machine's journal, even when the machine has ended; while it runs, also its
 * failed units and pending jobs. Never rejects.
 */
export async function journalTail(name: MachineName): Promise<string> {
  await ofRunning(name, 'journal', ['journalctl', '--sync']);
  const parts = [
    ...(await ofRunning(name, 'failed units', ['systemctl', 'list-units', '--failed', '--plain', '--no-legend'])),
    ...(await ofRunning(name, 'jobs', ['systemctl', 'list-jobs', '--no-legend'])),
    ...(await journal(name)),
    ...lastLines('console', existsSync(consoleOf(name)) ? readFileSync(consoleOf(name), 'utf8') : ''),
  ];
  return parts.length > 0 ? parts.join('\n') : `${name} has logged nothing`;
}

async function ofRunning(name: MachineName, title: string, command: readonly string[]): Promise<string[]> {
  try {
    return lastLines(
      `${title} of ${name}`,
      (await new LabMachine(name).run(command, { limit: commandLimitMs })).stdout,
    );
  } catch {
    // The machine has ended, and has no namespaces any more.
    return [];
  }
}

/** Read from outside, because the machine may have ended or may not answer. */
async function journal(name: MachineName): Promise<string[]> {
  const options = ['--no-pager', '--quiet', `--lines=${tailLines}`, '--output=short-precise'];
  const { stdout } = await run(['journalctl', `--directory=${journalOf(name)}`, ...options]);
  return lastLines(`journal of ${name}`, stdout);
}

function lastLines(title: string, text: string): string[] {
  const lines = text.trimEnd().split('\n').slice(-tailLines);
  return lines.join('') === '' ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}
