// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { RegistryStorage } from '../../../apps/admin/src/persistence/registry-storage.js';
import type { SimulatedProcess } from '../time/simulated-process.js';

/** The state directory of the admin's machine, which outlives the admin. */
export class StateDirectory {
  text: string | undefined;
  /** The files of the history by their names. */
  readonly history = new Map<string, Buffer>();
  isFull = false;
}

const writeMs = 3;

/** The storage of one process of the admin: a write takes time, and is lost with the process. */
export class MemoryStorage extends RegistryStorage {
  constructor(
    private readonly directory: StateDirectory,
    private readonly process: SimulatedProcess,
  ) {
    super();
  }

  read(): unknown {
    const { text } = this.directory;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.process.after(writeMs, 'the disk has the registry', () => {
        if (this.directory.isFull) return reject(new GivcError('RESOURCE_EXHAUSTED', 'the disk is full'));
        this.directory.text = text;
        resolve();
      });
    });
  }

  setAside(): string {
    this.directory.text = undefined;
    return 'registry.json.damaged';
  }

  clean(): Promise<void> {
    return Promise.resolve();
  }
}
