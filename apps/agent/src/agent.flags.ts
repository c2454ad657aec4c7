// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option, type Command } from 'commander';
import { credentialPath, type Setting, type SettingFormat } from '@givc/config';
import {
  daemonCommand,
  daemonStatusHelp,
  logOption,
  logWarnings,
  optionSettings,
  printConfigOption,
  requireOption,
  withVariables,
} from '@givc/daemon';
import type { Level, LogFilter } from '@givc/log';
import { programVersion } from '@givc/model';
import { metricsOption, type MetricsAddress } from '@givc/metrics';

export interface AgentFlags {
  readonly config: string;
  /** Defined when the configuration is only checked; `files`: whether the named files are read. */
  readonly isCheck: boolean;
  readonly files: boolean;
  /** Defined when the configuration is only printed. */
  readonly printConfig?: SettingFormat;
  /** The flags and variables in force. */
  readonly settings: readonly Setting[];
  readonly debug: boolean;
  readonly logLevel: Level;
  readonly audit?: string;
  readonly metrics?: MetricsAddress;
  /** One line for each flag without effect. */
  readonly warnings: readonly string[];
}

type Flags = Omit<AgentFlags, 'config' | 'isCheck' | 'logLevel' | 'settings' | 'warnings'> & {
  readonly config?: string;
  readonly check?: string;
  readonly log: LogFilter;
};

/** The flags of the contract are long names after one dash, which commander does not support. */
const withTwoDashes = (arg: string): string =>
  arg.replace(/^-(?=(config|check|no-files|print-config|debug|help|version)(=|$))/, '--');

export function agentCommand(): Command {
  return daemonCommand('givc-agent')
    .description('Offers the units, applications and capabilities of this machine that its configuration allows.')
    .usage('-config FILE [-debug] | -check FILE [-no-files] | -config FILE -print-config[=json]')
    .option('--config <file>', 'configuration, JSON')
    .option('--check <file>', 'check this configuration and the files that it names, and start nothing')
    .option('--no-files', 'with --check: not the files that it names, which are on another machine')
    .addOption(printConfigOption())
    .option('--debug', 'log everything', false)
    .addOption(logOption('givc-agent'))
    .addOption(
      new Option('--audit <file>', 'audit log of changes and rejections (default: the journal, or stderr)').env(
        'GIVC_AUDIT',
      ),
    )
    .addOption(metricsOption())
    .version(programVersion, '-V, --version')
    .addHelpText(
      'after',
      '\nExample:\n  givc-agent -config /etc/givc/agent.json\n  givc-agent -check /etc/givc/agent.json',
    )
    .addHelpText('after', daemonStatusHelp());
}

/** Throws the CommanderError of a usage error, which commander has already printed; `exitCode` is the exit status. */
export function readAgentFlags(argv: readonly string[], empty = agentCommand()): AgentFlags {
  const command = empty.parse(argv.map(withTwoDashes), { from: 'user' });
  const { log, check, ...flags } = command.opts<Flags>();
  if (check === undefined) requireOption(command, 'config', '-config FILE');
  else if (flags.config !== undefined) command.error("option '-check FILE' takes the place of '-config FILE'");
  const config = credentialPath((check ?? flags.config)!);
  const settings = optionSettings(command, ['check', 'files', 'printConfig']);
  const warnings = logWarnings(log, command.getOptionValueSource('log'));
  return {
    ...flags,
    config,
    isCheck: check !== undefined,
    logLevel: flags.debug ? 'debug' : log.level,
    settings,
    warnings,
  };
}

/** The settings of the command line with these variables. Throws the error of commander, which has printed nothing. */
export const agentFlagSettings = (argv: readonly string[], environment: NodeJS.ProcessEnv): readonly Setting[] =>
  withVariables(environment, agentCommand, (command) => readAgentFlags(argv, command).settings);
