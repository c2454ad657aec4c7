// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { watch, realpathSync, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '@givc/model';
import { LogOnce, type Log } from '@givc/log';

/**
 * The delay between the first change and the reload, because files that belong together are not written at the same
 * moment.
 */
const settleMs = 100;

/** The file's own path, and the target of its symlinks. */
function pathsOf(path: string): string[] {
  try {
    return [path, realpathSync(path)];
  } catch {
    return [path];
  }
}

/**
 * Follows files that a running daemon reads again: when one of them is written, replaced or linked elsewhere, and at
 * `reload()`, which is for file systems that report no changes. An error of `load` is logged once, and the daemon
 * continues with the previous version; `load` returns whether anything has changed, which is logged as well.
 */
export class LiveFiles {
  readonly #watchers = new Map<string, FSWatcher>();
  #names = new Set<string>();
  #settle: NodeJS.Timeout | undefined;
  readonly #problems = new LogOnce();

  constructor(
    private readonly what: string,
    private readonly paths: readonly string[],
    private readonly load: () => boolean,
    private readonly log: Log,
  ) {}

  start(): void {
    const watchedPaths = this.paths.flatMap(pathsOf);
    const folders = new Set(watchedPaths.map((path) => dirname(path)));
    this.#names = new Set(watchedPaths.map((path) => basename(path)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  reload(): void {
    clearTimeout(this.#settle);
    this.#settle = undefined;
    this.start();
    try {
      if (this.load()) this.log.info(`${this.what} reloaded`);
      this.#problems.end('load');
    } catch (error) {
      const problem = messageOf(error);
      if (this.#problems.isNew('load', problem))
        this.log.error(`${this.what} not reloaded, the previous version stays in use`, { error: problem });
    }
  }

  close(): void {
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || this.#names.has(name)) this.#settle ??= setTimeout(() => this.reload(), settleMs);
      });
      // The folder itself was removed; the next reload looks for it again.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.log.warn(`changes of ${this.what} are noticed at SIGHUP only`, { folder, error: messageOf(error) });
    }
  }
}
