// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { HistoryConfig } from './history.config.js';

/** What is read in one turn of the event loop of each open query: parsing 64 times 64 KiB took 0.3 s. */
const maxChunk = 8 * 1_024;

/** The folder that has the segments of the history. */
export abstract class HistoryFiles {
  /** The names of its regular files, in any order; none when there is no folder. */
  abstract names(): Promise<string[]>;
  /** In bytes; 0 when the file is gone. */
  abstract size(name: string): Promise<number>;
  /** Writes a new file, or no part of it; throws when there is one of this name. It creates the folder. */
  abstract create(name: string, text: string): Promise<void>;
  /** What is appended may be incomplete when it throws, and when the admin is killed. */
  abstract append(name: string, text: string): Promise<void>;
  abstract remove(name: string): Promise<void>;
  /** The bytes of a file from an offset on, in small parts; none when the file is gone. */
  abstract read(name: string, from: number, signal?: AbortSignal): AsyncIterable<Buffer>;
}

/** A folder of the state directory, which only its owner reads. */
@Injectable()
export class StateFiles extends HistoryFiles {
  constructor(private readonly config: HistoryConfig) {
    super();
  }

  async names(): Promise<string[]> {
    const entries = await readdir(this.config.folder, { withFileTypes: true }).catch(() => []);
    return entries.filter((one) => one.isFile()).map(({ name }) => name);
  }

  size(name: string): Promise<number> {
    return stat(this.#path(name)).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** Does not create the state directory, which belongs to the service manager. */
  async create(name: string, text: string): Promise<void> {
    await mkdir(this.config.folder, { mode: 0o700 }).catch(unlessThere);
    try {
      await writeFile(this.#path(name), text, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await this.remove(name).catch(() => undefined);
      throw error;
    }
  }

  append(name: string, text: string): Promise<void> {
    return appendFile(this.#path(name), text, { mode: 0o600 });
  }

  remove(name: string): Promise<void> {
    return rm(this.#path(name), { force: true });
  }

  async *read(name: string, from: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    try {
      yield* createReadStream(this.#path(name), {
        start: from,
        highWaterMark: maxChunk,
        signal,
      }) as AsyncIterable<Buffer>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  #path(name: string): string {
    return join(this.config.folder, name);
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
