// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { RegistryMirror } from '../../model/registry-mirror.js';
import type { World } from '../world.js';

/** With HTTP/2's default window, no reader would be slow enough for changes to be coalesced. */
const largeWindow = 10_000;

interface Watcher {
  readonly mirror: RegistryMirror;
  /** The number of the admin whose registry the watcher mirrors. */
  admin: number;
  /** The pause between two items that the watcher reads; 0 at the end. */
  pauseMs: number;
}

/** The watchers of the registry: one from the beginning, and later ones that read slowly for a while. */
export class Watchers {
  readonly #others: Watcher[] = [];
  readonly main: RegistryMirror;

  constructor(
    private readonly world: World,
    client: AdminClient,
  ) {
    this.main = this.#watch(client, 0).mirror;
  }

  open(ms: number, pauseMs: number): void {
    const watcher = this.#watch(this.world.client(), pauseMs);
    this.#others.push(watcher);
    setTimeout(() => (watcher.pauseMs = 0), ms);
  }

  /** The rows of the later watchers whose items come from this admin. */
  get others(): readonly (readonly string[])[] {
    return this.#others.filter(({ admin }) => admin === this.world.admins).map(({ mirror }) => mirror.rows);
  }

  #watch(client: AdminClient, pauseMs: number): Watcher {
    const { world } = this;
    const mirror = new RegistryMirror(client, {
      onProblem: (problem) => {
        // Changes that a reader has not read are coalesced; that may leave none.
        const mayBe = (pauseMs > 0 || world.settings.window < largeWindow) && problem.endsWith('nothing has changed');
        if (!mayBe) world.violate('a Watch sends each change once and in order', problem);
      },
      onItem: ({ Status }) => {
        if (Status?.$case === 'Initial') watcher.admin = world.admins;
      },
      ready: () =>
        watcher.pauseMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, watcher.pauseMs)),
    });
    const watcher: Watcher = { mirror, admin: 0, pauseMs };
    return watcher;
  }
}
