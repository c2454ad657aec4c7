import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { GivcError, invalid, quoted, type Timezone } from '@givc/model';

/** Debian's database has this link to /etc/localtime, which as the timezone would be a link to itself. */
const own = 'localtime';
/** The first bytes of each file of a zone (tzfile(5)). */
const magic = 'TZif';

/** Throws INVALID_ARGUMENT that names `field` unless the database has this zone; FAILED_PRECONDITION when there is no database. */
export async function assertZone(field: string, timezone: Timezone, database: string): Promise<void> {
  let root: string;
  try {
    root = await realpath(database);
  } catch (cause) {
    throw new GivcError('FAILED_PRECONDITION', `there is no zone database at ${database}: install it, or set TZDIR`, {
      cause,
    });
  }
  if (!(await isZone(root, timezone))) throw invalid(field, `${quoted(timezone)} is no timezone of ${database}`);
}

/** Links that lead out of the database are no zones of it. */
async function isZone(root: string, timezone: Timezone): Promise<boolean> {
  if (timezone.split('/').includes(own)) return false;
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
