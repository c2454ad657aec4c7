import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { GivcError, messageOf } from '@givc/model';
import { Output } from '../output.js';
import { parseUsageLater, strict, type Command } from '../usage.js';

/** Throws INVALID_ARGUMENT that names the file. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** A command about a file of rules, which asks nobody. */
@Injectable()
export abstract class RulesCommand extends CommandRunner {
  constructor(protected readonly output: Output) {
    super();
  }

  override setCommand(command: Command): this {
    return super.setCommand(strict(command));
  }

  /** What the parser refuses is bad usage. */
  protected parse<T>(parse: () => Promise<T>): Promise<T> {
    return parseUsageLater(this.command, parse);
  }
}
