// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Variant } from '@givc/dbus';

/** The result of org.freedesktop.DBus.ObjectManager.GetManagedObjects: properties by path and interface. */
export type ManagedObjects = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Variant>>>>>>;

/**
 * Reads the properties of one interface of one object; a missing property, or one of another type, has its empty value.
 */
export class Properties {
  readonly #properties: Readonly<Record<string, Variant>>;

  constructor(objects: ManagedObjects, path: string, name: string) {
    this.#properties = objects[path]?.[name] ?? {};
  }

  number(name: string): number {
    const value = this.#properties[name]?.value;
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
  }

  boolean(name: string): boolean {
    return this.#properties[name]?.value === true;
  }

  text(name: string): string {
    const value = this.#properties[name]?.value;
    return typeof value === 'string' ? value : '';
  }

  bytes(name: string): Buffer {
    const value = this.#properties[name]?.value;
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  }

  /** The path of an object; NetworkManager uses `/` for none. */
  path(name: string): string | undefined {
    const value = this.text(name);
    return value === '' || value === '/' ? undefined : value;
  }

  paths(name: string): readonly string[] {
    const value = this.#properties[name]?.value;
    return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : [];
  }
}
