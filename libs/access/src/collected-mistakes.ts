// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** Collects the mistakes of several steps, so that one error has those of all. */
export class Mistakes {
  readonly #errors: GivcError[] = [];

  /** The result of a step; undefined after a mistake. Any other error is thrown. */
  async of<Value>(step: () => Value | Promise<Value>): Promise<Value | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof GivcError) || error.reason !== 'INVALID_ARGUMENT') throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** The lines of all, in the order of the steps. */
  get lines(): readonly string[] {
    return this.#errors.flatMap(({ message }) => message.split('\n'));
  }

  /** Throws INVALID_ARGUMENT with the lines of all, if there are any. */
  throw(): void {
    const [first, second] = this.#errors;
    if (first && !second) throw first;
    if (first) throw new GivcError('INVALID_ARGUMENT', this.lines.join('\n'), { cause: first });
  }
}
