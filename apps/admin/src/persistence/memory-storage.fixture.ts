// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { RegistryStorage } from './registry-storage.js';

/** A storage in memory. */
export class MemoryStorage extends RegistryStorage {
  text: string | undefined;
  writes = 0;
  isClean = false;
  isFull = false;
  /** The file that already exists at the path for a damaged file. */
  obstacle: string | undefined;
  aside: string | undefined;

  read(): unknown {
    return this.text === undefined ? undefined : JSON.parse(this.text);
  }

  write(text: string): Promise<void> {
    this.writes++;
    if (this.isFull) return Promise.reject(new Error('the disk is full'));
    this.text = text;
    return Promise.resolve();
  }

  setAside(): string {
    if (this.obstacle !== undefined) throw new Error(this.obstacle);
    this.aside = this.text;
    return '/aside';
  }

  clean(): Promise<void> {
    this.isClean = true;
    return Promise.resolve();
  }
}
