// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parseTimezone } from '@givc/model';
import { assertZone } from '../../apps/admin/src/system/zone-database.js';
import { withFolder } from './engine/folder.js';
import { requireRejection } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const names = [
  'UTC',
  'Europe/Helsinki',
  'Etc/GMT+5',
  'posix/UTC',
  'localtime',
  'posixrules',
  'Europe',
  'Etc/localtime',
];
const zones = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: texts(names) });

/** A file of the database; a link refers to another of these names, or to a file outside. */
type File =
  | { readonly kind: 'zone' }
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'link'; readonly to: string };

const file: fc.Arbitrary<File> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<File>({ kind: 'zone' }) },
  { weight: 2, arbitrary: texts(['TZif', 'TZi', 'text', '']).map((bytes): File => ({ kind: 'bytes', bytes })) },
  { weight: 2, arbitrary: fc.constantFrom(...names, 'OUTSIDE').map((to): File => ({ kind: 'link', to })) },
);

/** A line of the source: for a zone, for a link to a zone, or for neither. */
const line = fc.record({
  kind: fc.constantFrom('Z', 'L', '#', 'R', 'zone'),
  name: fc.constantFrom(...names),
  other: fc.constantFrom(...names),
});
type Line = typeof line extends fc.Arbitrary<infer One> ? One : never;

const textOf = ({ kind, name, other }: Line): string =>
  kind === 'Z' ? `Z ${name} 0 - UTC` : kind === 'L' ? `L ${other} ${name}` : `${kind} ${name} ${other}`;

const databases = fc.record({
  files: fc.dictionary(fc.constantFrom(...names), file, { noNullPrototype: true }),
  source: fc.option(fc.array(line, { maxLength: 8 }), { nil: undefined }),
});
type Database = typeof databases extends fc.Arbitrary<infer One> ? One : never;

/**
 * Writes the files. A name is a folder when another file is below it; of two names that exclude each other the first is
 * written.
 */
function write(root: string, { files, source }: Database): Map<string, File> {
  const written = new Map<string, File>();
  mkdirSync(join(root, 'zones'));
  writeFileSync(join(root, 'outside'), 'TZif2');
  for (const [name, one] of Object.entries(files)) {
    const all = [...written.keys()];
    if (all.some((other) => other.startsWith(`${name}/`) || name.startsWith(`${other}/`))) continue;
    const path = join(root, 'zones', name);
    mkdirSync(dirname(path), { recursive: true });
    if (one.kind === 'link') symlinkSync(join(root, one.to === 'OUTSIDE' ? 'outside' : join('zones', one.to)), path);
    else writeFileSync(path, one.kind === 'zone' ? 'TZif2\0\0' : one.bytes);
    written.set(name, one);
  }
  if (source) writeFileSync(join(root, 'zones', 'tzdata.zi'), source.map((one) => `${textOf(one)}\n`).join(''));
  return written;
}

/** Whether a name leads to a zone, by the list of written files. */
function isZone(name: string, files: ReadonlyMap<string, File>, seen: readonly string[] = []): boolean {
  const one = files.get(name);
  if (!one || seen.includes(name)) return false;
  if (one.kind === 'link') return one.to !== 'OUTSIDE' && isZone(one.to, files, [...seen, name]);
  return one.kind === 'zone' || one.bytes.startsWith('TZif');
}

const isListed = (zone: string, source: Database['source']): boolean =>
  source
    ? source.some(({ kind, name }) => (kind === 'Z' || kind === 'L') && name === zone)
    : zone.split('/')[0] !== 'posix' && !['localtime', 'posixrules'].includes(zone.split('/').at(-1)!);

export const zoneDatabases = target({
  ...{
    name: 'zone-databases',
    parses: 'assertZone of apps/admin: timezones of a database, with its source or without',
  },
  input: fc.record({ zone: zones, database: databases }),
  parse: ({ zone, database }) =>
    withFolder(async (root) => {
      const files = write(root, database);
      const timezone = parseTimezone('Timezone', zone);
      try {
        await assertZone('Timezone', timezone, join(root, 'zones'));
        return { isThere: true, files };
      } catch (error) {
        requireRejection(error, { reasons: ['INVALID_ARGUMENT'] }, []);
        return { isThere: false, files };
      }
    }),
  accepted: ({ isThere, files }, { zone, database: { source } }) => {
    assert.equal(isThere, isListed(zone, source) && isZone(zone, files));
  },
});
