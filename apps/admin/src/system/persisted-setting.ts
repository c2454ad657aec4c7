// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFile } from 'node:fs/promises';
import { withoutMark } from '@givc/config';
import { NewFile, removeLeftovers } from '@givc/files';
import { GivcError, messageOf } from '@givc/model';
import type { Log } from '@givc/log';
import { SerialQueue } from '@givc/queue';

/** The value in a file, and the reason for each line that is invalid. */
export interface FileContent<Value> {
  readonly value: Value | undefined;
  readonly damage: readonly string[];
}

export interface SettingFile<Value> {
  readonly path: string;
  parse(text: string): FileContent<Value> | Promise<FileContent<Value>>;
  format(value: Value): string;
}

type Next<Value> = (before: Value | undefined) => Value;

/** A change that is in effect but not yet accepted. */
export interface PendingChange {
  accept(): void;
  /** Resolves once the file has the value without this change; later changes stay. */
  rollBack(): Promise<void>;
}

interface Step<Value> {
  readonly next: Next<Value>;
  isAccepted: boolean;
}

/** A value that is kept in a file, which other programs may also read. */
export class PersistedSetting<Value> {
  #accepted: Value | undefined;
  /** The changes in their order; the first is not accepted yet. */
  #steps: readonly Step<Value>[] = [];
  /** Writes one after another, so that the file has the last value. */
  readonly #writes = new SerialQueue();

  constructor(
    private readonly file: SettingFile<Value>,
    private readonly log: Log,
  ) {}

  /** Undefined until it is set. */
  get value(): Value | undefined {
    return this.#after(this.#steps);
  }

  /** Reads the file, if it exists; each damaged line is a warning. */
  async read(): Promise<void> {
    const { path } = this.file;
    await removeLeftovers(path);
    try {
      const { value, damage } = await this.file.parse(withoutMark(await readFile(path, 'utf8')));
      this.#accepted = value;
      for (const problem of damage) this.log.warn('a damaged line is ignored', { path, problem });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.log.warn('what was set before cannot be read', { path, error: messageOf(error) });
    }
  }

  /**
   * Resolves once the file has the value. Until then, and when the write fails (FAILED_PRECONDITION), the earlier value
   * is in effect.
   */
  async change(next: Next<Value>): Promise<PendingChange> {
    const step: Step<Value> = { next, isAccepted: false };
    await this.#writes.run(async () => {
      await this.#write([...this.#steps, step]);
      this.#steps = [...this.#steps, step];
    });
    return {
      accept: () => {
        step.isAccepted = true;
        this.#fold();
      },
      rollBack: () => this.#writes.run(() => this.#withdraw(step)),
    };
  }

  async #withdraw(step: Step<Value>): Promise<void> {
    this.#steps = this.#steps.filter((other) => other !== step);
    this.#fold();
    try {
      await this.#write(this.#steps);
    } catch (error) {
      this.log.warn('a setting that no VM accepted is still in its file', { error: messageOf(error) });
    }
  }

  #after(steps: readonly Step<Value>[]): Value | undefined {
    return steps.reduce<Value | undefined>((value, { next }) => next(value), this.#accepted);
  }

  async #write(steps: readonly Step<Value>[]): Promise<void> {
    const { path } = this.file;
    const value = this.#after(steps);
    try {
      await NewFile.replaceOrOverwrite(path, value === undefined ? '' : this.file.format(value));
    } catch (cause) {
      throw new GivcError('FAILED_PRECONDITION', `${path} cannot be written, so nothing is set: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  #fold(): void {
    const first = this.#steps.findIndex(({ isAccepted }) => !isAccepted);
    const accepted = first < 0 ? this.#steps : this.#steps.slice(0, first);
    this.#accepted = this.#after(accepted);
    this.#steps = this.#steps.slice(accepted.length);
  }
}
