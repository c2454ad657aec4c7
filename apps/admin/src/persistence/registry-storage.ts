// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { readJson } from '@givc/config';
import { NewFile, removeLeftovers, setAside } from '@givc/files';

/** Stores the registry across restarts of the admin. */
export abstract class RegistryStorage {
  /** The last written text, as JSON; undefined when there is none. Throws when it cannot be read. */
  abstract read(): unknown;
  /** Replaces the stored text atomically, also if the power fails. */
  abstract write(text: string): Promise<void>;
  /** Moves a damaged file aside, and returns its new path. */
  abstract setAside(): string;
  /** Removes the temporary files of interrupted writes. */
  abstract clean(): Promise<void>;
}

/** Keeps nothing: the registry ends with the admin. */
export class NoStorage extends RegistryStorage {
  read(): undefined {
    return undefined;
  }

  write(): Promise<void> {
    return Promise.resolve();
  }

  setAside(): never {
    throw new TypeError('there is nothing to set aside');
  }

  clean(): Promise<void> {
    return Promise.resolve();
  }
}

/** A file that only its owner reads. */
export class RegistryFile extends RegistryStorage {
  constructor(private readonly path: string) {
    super();
  }

  read(): unknown {
    return existsSync(this.path) ? readJson(this.path) : undefined;
  }

  write(text: string): Promise<void> {
    return NewFile.replaceBy(this.path, text, { mode: 0o600 });
  }

  setAside(): string {
    return setAside(this.path);
  }

  clean(): Promise<void> {
    return removeLeftovers(this.path);
  }
}
