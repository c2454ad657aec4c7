// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A git repository with a working tree, which is independent of the user's configuration. */
export class GitRepository {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#git('init', '--quiet', '--initial-branch=main');
  }

  /** Writes these files, removes those that are undefined, and returns the commit. */
  commit(files: Readonly<Record<string, string | undefined>>): string {
    for (const [path, content] of Object.entries(files)) {
      const full = join(this.folder, path);
      mkdirSync(dirname(full), { recursive: true });
      rmSync(full, { force: true });
      if (content !== undefined) writeFileSync(full, content);
    }
    return this.#record();
  }

  commitLink(path: string, target: string): string {
    const full = join(this.folder, path);
    mkdirSync(dirname(full), { recursive: true });
    rmSync(full, { force: true });
    symlinkSync(target, full);
    return this.#record();
  }

  /** Resets the branch to an earlier commit. */
  reset(commit: string): void {
    this.#git('reset', '--quiet', '--hard', commit);
  }

  #record(): string {
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--allow-empty', '--message=a change');
    return this.#git('rev-parse', 'HEAD').trim();
  }

  #git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ...Object.fromEntries(
          ['AUTHOR', 'COMMITTER'].flatMap((who) => [
            [`GIT_${who}_NAME`, 'test'],
            [`GIT_${who}_EMAIL`, 'test@example.org'],
          ]),
        ),
      },
    });
  }
}
