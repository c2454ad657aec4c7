// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, CommandRunner } from 'nest-commander';
import { candidateLines } from '../completion/candidates.js';
import { listRegistry } from '../completion/list-registry.js';
import { Output } from '../output/output.js';
import { strict, type Command as Commander } from '../usage/usage.js';

/** Called by the scripts of `completion`; prints the lines of `candidateLines`. */
@Command({
  name: 'complete',
  description: 'Prints the completions of the last of these words.',
  arguments: '[words...]',
  argsDescription: { words: 'of a line, without the name of the program: after --' },
  options: { hidden: true },
})
export class CompleteCommand extends CommandRunner {
  constructor(private readonly output: Output) {
    super();
  }

  override setCommand(command: Commander): this {
    return super.setCommand(strict(command));
  }

  async run(words: string[]): Promise<void> {
    const lines = await candidateLines(this.command.parent!, words, listRegistry);
    this.output.text(lines.map((line) => `${line}\n`).join(''));
  }
}
