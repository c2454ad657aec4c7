// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './plan.js';
import { output } from './run.js';

/** The files that `npm run package` writes. */
export interface Packed {
  readonly folder: string;
  readonly deb: string;
  readonly archive: string;
  /** givc-cli as one executable file. */
  readonly cli: string;
}

/** Packs the programs of the checkout with little compression and without the registry. */
export async function pack(folder: string, arch: string = process.arch): Promise<Packed> {
  const script = join(checkout, 'scripts/package/main.mjs');
  await output([process.execPath, script, '--fast', '--into', folder, '--arch', arch]);
  const fileThat = (pattern: RegExp): string =>
    join(
      folder,
      readdirSync(folder).find((name) => pattern.test(name))!,
    );
  return { folder, deb: fileThat(/\.deb$/), archive: fileThat(/\.tar\.gz$/), cli: fileThat(/^givc-cli-/) };
}
