import { existsSync, renameSync } from 'node:fs';
import { readJson } from '@givc/config';
import { NewFile, removeLeftovers } from '@givc/files';

/** Where the registry outlives the admin. */
export abstract class RegistryStorage {
  /** What was written last, as JSON; undefined when nothing was. Throws when it cannot be read. */
  abstract read(): unknown;
  /** Replaces it as a whole, for readers after a power cut, too. */
  abstract write(text: string): Promise<void>;
  /** Puts what cannot be read out of the way, and returns where it is now. */
  abstract setAside(): string;
  /** Removes what an earlier process has left behind in the middle of a write. */
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
    const aside = `${this.path}.damaged`;
    renameSync(this.path, aside);
    return aside;
  }

  clean(): Promise<void> {
    return removeLeftovers(this.path);
  }
}
