import { readFile } from 'node:fs/promises';
import { withoutMark } from '@givc/config';
import { NewFile, removeLeftovers } from '@givc/files';
import { GivcError, messageOf } from '@givc/model';
import type { Log } from '@givc/log';

/** What a file says; of each line that cannot be, why. */
export interface FileContent<Value> {
  readonly value: Value | undefined;
  readonly damage: readonly string[];
}

export interface SettingFile<Value> {
  readonly path: string;
  parse(text: string): FileContent<Value> | Promise<FileContent<Value>>;
  format(value: Value): string;
}

/** A value that outlives the admin in a file, which other programs may read, too. */
export class KeptSetting<Value> {
  #value: Value | undefined;
  #keeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly file: SettingFile<Value>,
    private readonly log: Log,
  ) {}

  /** Undefined as long as nobody has set it. */
  get value(): Value | undefined {
    return this.#value;
  }

  /** Reads the file, if there is one; each damaged line is a warning. */
  async read(): Promise<void> {
    const { path } = this.file;
    await removeLeftovers(path);
    try {
      const { value, damage } = await this.file.parse(withoutMark(await readFile(path, 'utf8')));
      this.#value = value;
      for (const problem of damage) this.log.warn('a damaged line is ignored', { path, problem });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.log.warn('what was set before cannot be read', { path, error: messageOf(error) });
    }
  }

  /** Resolves once the file has it; until then, and when that fails, with FAILED_PRECONDITION, the value is the one before. */
  change(next: (before: Value | undefined) => Value): Promise<void> {
    const kept = this.#keeping.then(() => this.#keep(next(this.#value)));
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  async #keep(value: Value): Promise<void> {
    const { path } = this.file;
    try {
      await NewFile.replaceOrOverwrite(path, this.file.format(value));
    } catch (cause) {
      throw new GivcError('FAILED_PRECONDITION', `${path} cannot be written, so nothing is set: ${messageOf(cause)}`, {
        cause,
      });
    }
    this.#value = value;
  }
}
