// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, type Option, type ParseOptionsResult } from 'commander';
import { parseText } from '@givc/model';

/** The maximum length of an error message of commander, which repeats words of the command line unchanged. */
const textMax = 1_000;

/**
 * An empty variable counts as unset, so that the option has its default: modules of Nix write one for an option that is
 * not set.
 */
class DaemonCommand extends Command {
  /**
   * For an unknown option with one dash or with a value, commander suggests no other option; for its name with two
   * dashes it does.
   */
  override parseOptions(argv: string[]): ParseOptionsResult {
    const { operands, unknown } = super.parseOptions(argv);
    return { operands, unknown: unknown.map((word) => word.replace(/^--?([a-z][\w-]+).*$/is, '--$1')) };
  }

  override addOption(option: Option): this {
    const { envVar } = option;
    if (envVar !== undefined && process.env[envVar] === '') Reflect.deleteProperty(process.env, envVar);
    return super.addOption(option);
  }
}

/**
 * The command line of a daemon. Bad usage is one line on stderr that names the program and its help, and an exception
 * with `exitCode`; help and version are exceptions as well.
 */
export function daemonCommand(program: string): Command {
  const inOneLine = (text: string): string => {
    const line = text
      .trim()
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ');
    return parseText(line, textMax) + (line.length > textMax ? '…' : '');
  };
  return new DaemonCommand(program).exitOverride().configureOutput({
    outputError: (text, write) => write(`${program}: ${inOneLine(text)}; see "${program} --help"\n`),
  });
}

/** Reports a missing option only after the whole command line was read, so that a mistyped one is reported first. */
export function requireOption(command: Command, name: string, flags: string): void {
  if (command.getOptionValue(name) === undefined) command.error(`required option '${flags}' not specified`);
}
