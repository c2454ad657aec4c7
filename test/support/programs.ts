// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of stand-ins for programs of the machine, first on the PATH until `remove()`. */
export class StandInPrograms {
  readonly #path = process.env['PATH'];
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-programs-'));

  constructor() {
    process.env['PATH'] = `${this.folder}:${this.#path}`;
  }

  /** Adds a script of sh(1), which may write into `$FOLDER`. */
  add(name: string, script: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, `#!/bin/sh\nFOLDER=${this.folder}\n${script}\n`);
    chmodSync(file, 0o755);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  remove(): void {
    process.env['PATH'] = this.#path;
    rmSync(this.folder, { recursive: true });
  }
}
