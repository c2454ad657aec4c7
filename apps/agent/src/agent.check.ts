// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkAccessFiles } from '@givc/access';
import { formatProblem, runChecks } from '@givc/checks';
import { notChecked, type Checked } from '@givc/daemon';
import { readAgentConfig } from './agent.config.js';
import type { AgentFlags } from './agent.flags.js';
import { namedProgramChecks } from './doctor/program-checks.js';

const notCheckedHere = 'units, users and sockets of the machine, and whether its addresses are free';

/**
 * Reads a configuration and the files that it names like a start, but starts nothing. Without `files`, it is treated as
 * the configuration of another machine, whose programs are not looked for either. Throws INVALID_ARGUMENT with a line
 * for each mistake in the file itself.
 */
export async function checkAgent({
  config: file,
  files,
  warnings: ofFlags,
}: Pick<AgentFlags, 'config' | 'files' | 'warnings'>): Promise<Checked> {
  const config = readAgentConfig(file, files);
  const { access, settings, warnings } = config;
  const machine = { daemon: 'agent', name: settings.name, addresses: [settings.self.address] } as const;
  const found = await checkAccessFiles({ ...access, audit: undefined }, machine, files);
  const results = files ? await runChecks(namedProgramChecks(config)) : [];
  const problems = results.filter(({ state }) => state !== 'ok').map(formatProblem);
  return {
    mistakes: found.mistakes,
    warnings: [...ofFlags, ...[...warnings, ...found.warnings, ...problems].map((line) => `${file}: ${line}`)],
    summary: `${file} is valid; not checked: ${files ? notCheckedHere : `the files that it names, ${notChecked}`}`,
  };
}
