// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { watch, realpathSync, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Listeners } from '@givc/events';
import { messageOf } from '@givc/model';
import { LogOnce, type Log } from '@givc/log';

/**
 * The delay between the first change and the reload, because files that belong together are not written at the same
 * moment.
 */
const settleMs = 100;

/** The outcome of reading something again; each part is a short name such as `the certificate`. */
export interface Reloaded {
  /** What is different now. */
  readonly changed?: readonly string[];
  /** What could not be read, so that the previous version stays in use. */
  readonly kept?: readonly string[];
  /** What is different, but only after a restart. */
  readonly needsRestart?: readonly string[];
}

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
  readonly #problemChanges = new Listeners();
  #problem: string | undefined;

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

  /** Why the previous version is in use; undefined when the files were read. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Calls the listener after each change of `problem`. */
  onProblem(listener: () => void): void {
    this.#problemChanges.add(listener);
  }

  reload(): Reloaded {
    clearTimeout(this.#settle);
    this.#settle = undefined;
    this.start();
    try {
      const isChanged = this.load();
      if (isChanged) this.log.info(`${this.what} reloaded`);
      this.#problems.end('load');
      this.#setProblem(undefined);
      return isChanged ? { changed: [this.what] } : {};
    } catch (error) {
      const problem = messageOf(error);
      if (this.#problems.isNew('load', problem))
        this.log.error(`${this.what} not reloaded, the previous version stays in use`, { error: problem });
      this.#setProblem(`${this.what} not reloaded: ${problem}`);
      return { kept: [this.what] };
    }
  }

  close(): void {
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#problemChanges.notify();
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
