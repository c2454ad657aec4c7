// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type * as z from 'zod/mini';

/** A class whose instances have the values of its schema: what Nest injects as one part of the configuration. */
export interface ConfigClass<Schema extends z.ZodMiniType> {
  readonly schema: Schema;
  new (values: z.output<Schema>): Readonly<z.output<Schema>>;
}

/** The base of the class for a schema: `class WifiConfig extends configClass(onlyEnable) {}`. */
export function configClass<Schema extends z.ZodMiniType<object>>(schema: Schema): ConfigClass<Schema> {
  class Config {
    static readonly schema = schema;

    constructor(values: object) {
      Object.assign(this, values);
    }
  }
  return Config as unknown as ConfigClass<Schema>;
}
