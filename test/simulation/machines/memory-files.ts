// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { HistoryFiles } from '../../../apps/admin/src/history/history-files.js';
import type { SimulatedProcess } from '../time/simulated-process.js';
import type { StateDirectory } from './memory-storage.js';

const writeMs = 3;

/** The history of one process of the admin: what it writes while it is killed, or on a full disk, is torn. */
export class MemoryFiles extends HistoryFiles {
  constructor(
    private readonly directory: StateDirectory,
    private readonly process: SimulatedProcess,
  ) {
    super();
  }

  names(): Promise<string[]> {
    return Promise.resolve([...this.#files.keys()]);
  }

  size(name: string): Promise<number> {
    return Promise.resolve(this.#files.get(name)?.length ?? 0);
  }

  async create(name: string, text: string): Promise<void> {
    if (this.#files.has(name)) throw Object.assign(new Error('it exists'), { code: 'EEXIST' });
    this.#files.set(name, Buffer.alloc(0));
    try {
      await this.append(name, text);
    } catch (error) {
      this.#files.delete(name);
      throw error;
    }
  }

  append(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const half = Math.floor(bytes.length / 2);
    this.#add(name, bytes.subarray(0, half));
    return new Promise((resolve, reject) => {
      this.process.after(writeMs, 'the disk has the history', () => {
        if (this.directory.isFull) return reject(Object.assign(new Error('the disk is full'), { code: 'ENOSPC' }));
        this.#add(name, bytes.subarray(half));
        resolve();
      });
    });
  }

  remove(name: string): Promise<void> {
    this.#files.delete(name);
    return Promise.resolve();
  }

  async *read(name: string, from: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    await Promise.resolve();
    signal?.throwIfAborted();
    const bytes = this.#files.get(name)?.subarray(from);
    if (bytes && bytes.length > 0) yield bytes;
  }

  get #files(): Map<string, Buffer> {
    return this.directory.history;
  }

  #add(name: string, bytes: Buffer): void {
    this.#files.set(name, Buffer.concat([this.#files.get(name) ?? Buffer.alloc(0), bytes]));
  }
}
