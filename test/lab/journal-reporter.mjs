// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A reporter of jest: for a failed test of the lab, it prints the log of every machine since the beginning of that
// test.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const machines = '/run/givc-lab/machines';
const lines = 20;

export default class JournalReporter {
  #shownUntil = 0;

  onTestCaseResult(_test, { fullName, status, startedAt }) {
    if (status !== 'failed' || !existsSync(machines)) return;
    // When the hook before all tests fails, all tests fail, with no new log lines to print.
    const since = Math.max(startedAt ?? 0, this.#shownUntil);
    this.#shownUntil = Date.now();
    process.stderr.write(`\nFailed: ${fullName}. Logged since it began:\n`);
    for (const name of readdirSync(machines)) process.stderr.write(journal(name, since));
  }
}

const isNoise = (line) => line === '' || / givc-audit\[| was skipped because of an unmet condition/.test(line);

/** The last lines, without the audit log. */
function journal(name, since) {
  const options = ['--no-pager', '--quiet', '--output=short-precise', `--since=@${since / 1000}`, '--lines=500'];
  const { stdout } = spawnSync('journalctl', [`--directory=${machines}/${name}/root/var/log/journal`, ...options], {
    encoding: 'utf8',
  });
  const logged = stdout.split('\n').filter((line) => !isNoise(line));
  return logged
    .slice(-lines)
    .map((line) => `  ${line}\n`)
    .join('');
}
