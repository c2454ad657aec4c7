// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A separate message bus in a folder of its own. */
export class TestBus {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-bus-'));
  readonly address = `unix:path=${this.folder}/bus`;
  #daemon: ChildProcess | undefined;

  async start(): Promise<void> {
    const config = join(this.folder, 'bus.conf');
    writeFileSync(
      config,
      `<busconfig><listen>${this.address}</listen><policy context="default"><allow own="*"/>
      <allow send_destination="*"/><allow eavesdrop="true"/></policy></busconfig>`,
    );
    const daemon = spawn('dbus-daemon', ['--config-file', config, '--nofork', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#daemon = daemon;
    await once(daemon.stdout, 'data');
  }

  async stop(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon) return;
    const ended = once(daemon, 'exit');
    daemon.kill();
    await ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
