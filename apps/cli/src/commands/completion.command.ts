// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, CommandRunner, Help } from 'nest-commander';
import { invalid, quoted } from '@givc/model';
import { shells } from '../completion/scripts.js';
import { Output } from '../output/output.js';
import { parseUsage, strict, type Command as Commander } from '../usage/usage.js';

/** Throws INVALID_ARGUMENT when there is no script for it. */
function parseShell(value: string): string {
  const script = Object.hasOwn(shells, value) ? shells[value] : undefined;
  if (script === undefined)
    throw invalid('shell', `invalid shell ${quoted(value)}: expected ${Object.keys(shells).join(', ')}`);
  return script;
}

@Command({
  name: 'completion',
  description:
    'Prints a script by which a shell completes the commands of givc-cli and the names that its admin knows.',
  arguments: '<shell>',
  argsDescription: { shell: 'bash, zsh or fish' },
})
export class CompletionCommand extends CommandRunner {
  constructor(private readonly output: Output) {
    super();
  }

  override setCommand(command: Commander): this {
    return super.setCommand(strict(command).configureHelp({ showGlobalOptions: false }));
  }

  run([shell = '']: string[]): Promise<void> {
    this.output.text(parseUsage(this.command, () => parseShell(shell)));
    return Promise.resolve();
  }

  @Help('after')
  examples(): string {
    return `
VMs, units and running applications come from the admin that the line or the environment names; without an answer
within 1.5 s, commands and options remain.

Examples:
  source <(givc-cli completion bash)       # in ~/.bashrc
  source <(givc-cli completion zsh)        # in ~/.zshrc, after compinit
  givc-cli completion fish | source        # in ~/.config/fish/config.fish`;
  }
}
