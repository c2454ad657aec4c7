// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { Output } from '../output/output.js';
import { parseNumber, parseUsage, strict, type Command } from '../usage/usage.js';

/**
 * A command that works on files and needs no admin. Its code is imported from this folder when it runs, so that the
 * other commands start without the code that signs. (Not from @givc/pki: the build does not resolve aliases in
 * `import()`.)
 */
@Injectable()
export abstract class CertsCommand extends CommandRunner {
  constructor(protected readonly output: Output) {
    super();
  }

  override setCommand(command: Command): this {
    // The global options are about the admin, and have no effect here.
    return super.setCommand(strict(command).configureHelp({ showGlobalOptions: false }));
  }

  /** A value that the parser rejects is bad usage. */
  protected parse<T>(parse: () => T): T {
    return parseUsage(this.command, parse);
  }

  protected parseDays(flag: string, value: string, min: number): number {
    return parseNumber(this.command, flag, value, min, 36500);
  }

  /** The value of `--name`, which is also a global option and therefore parsed as one. */
  protected get name(): string | undefined {
    return this.command.optsWithGlobals<{ name?: string }>().name;
  }
}
