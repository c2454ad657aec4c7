// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { GivcError, systemErrorText } from '@givc/model';
import { readGiven } from '../input/read-given.js';
import { Output } from '../output/output.js';
import { parseUsageLater, strict, type Command } from '../usage/usage.js';

/** The text of a file of rules or of another that decides. Throws INVALID_ARGUMENT that names the file. */
export function readRules(file: string): string {
  try {
    return readGiven(file);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${file}: ${systemErrorText(error)}`, { cause: error });
  }
}

/** A command about a file of rules, which makes no calls. */
@Injectable()
export abstract class RulesCommand extends CommandRunner {
  constructor(protected readonly output: Output) {
    super();
  }

  override setCommand(command: Command): this {
    return super.setCommand(strict(command).configureHelp({ showGlobalOptions: false }));
  }

  /** A value that the parser rejects is bad usage. */
  protected parse<T>(parse: () => Promise<T>): Promise<T> {
    return parseUsageLater(this.command, parse);
  }
}
