// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkAccessFiles } from '@givc/access';
import { notChecked, type Checked } from '@givc/daemon';
import { readAgentConfig } from './agent.config.js';
import type { AgentFlags } from './agent.flags.js';

/**
 * Reads a configuration and the files that it names like a start, but starts nothing. Without `files`, it is treated as
 * the configuration of another machine. Throws INVALID_ARGUMENT with a line for each mistake.
 */
export async function checkAgent({
  config: file,
  files,
  warnings: ofFlags,
}: Pick<AgentFlags, 'config' | 'files' | 'warnings'>): Promise<Checked> {
  const { access, settings, warnings } = readAgentConfig(file, files);
  const found = await checkAccessFiles({ ...access, audit: undefined }, settings.name, files);
  return {
    warnings: [...ofFlags, ...[...warnings, ...found].map((line) => `${file}: ${line}`)],
    summary: `${file} is valid; not checked: ${files ? '' : 'the files that it names, '}${notChecked}`,
  };
}
