// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { open, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { GivcError, invalid, quoted, type Timezone } from '@givc/model';

/** The first bytes of each file of a zone (tzfile(5)). */
const magic = 'TZif';
/** The source of the zones, which timedatectl(1) also lists. */
const source = 'tzdata.zi';
/**
 * Files of a database without its source that have the format of a zone and are not one. `localtime` of Debian is a
 * link to /etc/localtime, which as the timezone would be a link to itself.
 */
const noZone = /^(?:posix|right)\/|(?:^|\/)(?:localtime|posixrules)$/;

/**
 * Throws INVALID_ARGUMENT that names `field` unless the database has this zone; FAILED_PRECONDITION when there is no
 * database.
 */
export async function assertZone(field: string, timezone: Timezone, database: string): Promise<void> {
  let root: string;
  try {
    root = await realpath(database);
  } catch (cause) {
    throw new GivcError('FAILED_PRECONDITION', `there is no zone database at ${database}: install it, or set TZDIR`, {
      cause,
    });
  }
  const listed = await zonesOf(root);
  const isListed = listed ? listed.has(timezone) : !noZone.test(timezone);
  if (!isListed || !(await hasZone(root, timezone)))
    throw invalid(
      field,
      `invalid timezone ${quoted(timezone)}: expected one that "timedatectl list-timezones" lists, of ${database}`,
    );
}

/**
 * The lines of zic(8): `Z NAME …` is a zone and `L TARGET NAME` another name of a zone; undefined without the source.
 */
async function zonesOf(root: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const text = await readFile(join(root, source), 'utf8');
    return new Set(Array.from(text.matchAll(/^(?:Z|L \S+) (\S+)/gm), ([, name]) => name!));
  } catch {
    return undefined;
  }
}

/** Links that lead out of the database are not zones. */
async function hasZone(root: string, timezone: Timezone): Promise<boolean> {
  try {
    const path = await realpath(join(root, timezone));
    if (!path.startsWith(root + sep)) return false;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
      return buffer.toString('latin1', 0, bytesRead) === magic;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
