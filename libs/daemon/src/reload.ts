// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reloaded } from '@givc/config';
import type { Log } from '@givc/log';

/** A file or connection that a daemon follows while it runs. */
export interface Reloadable {
  /** The problem because of which a previous version is in use; undefined when there is none. */
  readonly problem?: string | undefined;
  /** Called when the daemon listens. */
  start?(): void;
  /** Called at SIGHUP. */
  reload(): Reloaded | void;
  close(): void;
  /** Calls the listener after each change of `problem`. */
  onProblem?(listener: () => void): void;
}

const listed = (words: readonly string[]): string | undefined => words.join(', ') || undefined;

/**
 * Reads everything again, and logs in one line what has changed, what could not be read, and what needs a restart, with
 * the command for that.
 */
export function reloadAll(reloadables: readonly Reloadable[], log: Log, restart?: string): void {
  const results = reloadables.flatMap((one) => one.reload() ?? []);
  const of = (key: keyof Reloaded) => listed(results.flatMap((result) => result[key] ?? []));
  const [changed = 'nothing', kept, needsRestart] = [of('changed'), of('kept'), of('needsRestart')];
  log.info('reloaded', { changed, kept, needsRestart, restart: needsRestart && restart });
}
