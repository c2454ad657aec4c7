// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option } from 'commander';
import { daemonCommand, logOption, logWarnings, requireOption } from '@givc/daemon';
import type { Level, LogFilter } from '@givc/log';
import { programVersion } from '@givc/model';
import { metricsOption, type MetricsAddress } from '@givc/metrics';

export interface AgentFlags {
  readonly config: string;
  readonly debug: boolean;
  readonly logLevel: Level;
  readonly audit?: string;
  readonly metrics?: MetricsAddress;
  /** A line for each flag without effect. */
  readonly warnings: readonly string[];
}

type Flags = Omit<AgentFlags, 'logLevel' | 'warnings'> & { readonly log: LogFilter };

/** The flags of the contract are long names after one dash, which commander does not support. */
const withTwoDashes = (arg: string): string => arg.replace(/^-(?=(config|debug|help|version)(=|$))/, '--');

/** Throws the CommanderError of a usage error, which is printed already; its `exitCode` is that of the program. */
export function readAgentFlags(argv: readonly string[]): AgentFlags {
  const command = daemonCommand('givc-agent')
    .description('Offers the units, applications and capabilities of this machine that its configuration allows.')
    .usage('-config FILE [-debug]')
    .option('--config <file>', 'configuration, JSON')
    .option('--debug', 'say everything on stderr', false)
    .addOption(logOption('givc-agent'))
    .addOption(
      new Option('--audit <file>', 'record of changes and refusals; otherwise the journal, or stderr').env(
        'GIVC_AUDIT',
      ),
    )
    .addOption(metricsOption())
    .version(programVersion, '-V, --version')
    .addHelpText('after', '\nExample:\n  givc-agent -config /etc/givc/agent.json')
    .parse(argv.map(withTwoDashes), { from: 'user' });
  requireOption(command, 'config', '-config FILE');
  const { log, ...flags } = command.opts<Flags>();
  const warnings = logWarnings(log, command.getOptionValueSource('log'));
  return { ...flags, logLevel: flags.debug ? 'debug' : log.level, warnings };
}
