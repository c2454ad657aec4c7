import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority } from './authority.js';
import { type Issued } from './issue.js';

/**
 * Writes `ca-cert.pem`, `cert.pem` and `key.pem` (readable by its owner alone) into the folder, which is made if need
 * be. Each file is replaced as a whole: a reader finds the old one or the new one.
 */
export async function writeCertificates(folder: string, authority: Authority, issued: Issued): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replace(join(folder, 'ca-cert.pem'), authority.certificate, 0o644);
  await replace(join(folder, 'cert.pem'), issued.certificate, 0o644);
  await replace(join(folder, 'key.pem'), issued.key, 0o600);
}

async function replace(path: string, content: string, mode: number): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(beside, content, { mode, flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
