// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { formatSettings } from '@givc/config';
import type { Printed } from '@givc/daemon';
import { agentSettings, readAgentConfig } from './agent.config.js';
import type { AgentFlags } from './agent.flags.js';

/**
 * The configuration in force, with its warnings, in the form of `-print-config`. Throws INVALID_ARGUMENT with a line
 * for each mistake.
 */
export function printAgent({ config: file, settings, printConfig = 'text', warnings: ofFlags }: AgentFlags): Printed {
  const warnings = [...ofFlags, ...readAgentConfig(file).warnings];
  return { text: formatSettings(printConfig, [...settings, ...agentSettings(file)], warnings) };
}
