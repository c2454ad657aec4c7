// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NewFile, writeError } from '@givc/files';
import { GivcError, invalid, messageOf, quoted } from '@givc/model';
import { parseCertificates } from './certificate.js';

export interface ImageOptions {
  /** The name of the machine, which gives the file system its UUID. */
  readonly name: string;
  /** Bytes, from `parseImageSize`. */
  readonly size: number;
  /** Whether to replace any existing file. */
  readonly force?: boolean;
  /** The search path of mkfs.ext4(8) and debugfs(8); PATH, /usr/sbin and /sbin by default. */
  readonly searchPath?: string;
}

const modes = { 'ca-cert.pem': 0o644, 'cert.pem': 0o644, 'key.pem': 0o600 } as const;
const units = { '': 1, K: 1024, M: 1024 * 1024 } as const;
const block = 1024;
const sizeMin = 256 * 1024;
const sizeMax = 64 * 1024 * 1024;

/**
 * Reads `1048576`, `1024K` or `1M`: 256K to 64M, in blocks of 1024 bytes. Throws INVALID_ARGUMENT that names `field`.
 */
export function parseImageSize(field: string, value: string | number): number {
  const [, digits = '', unit = ''] = /^([0-9]{1,10})([KM]?)$/.exec(String(value)) ?? [];
  const size = digits === '' ? NaN : Number(digits) * units[unit as keyof typeof units];
  if (!(size >= sizeMin && size <= sizeMax && size % block === 0))
    throw invalid(
      field,
      `invalid image size ${typeof value === 'string' ? quoted(value) : value}: expected 256K to 64M, in bytes a multiple of 1024`,
    );
  return size;
}

/** The UUID (RFC 9562 5.8) of an image with the certificates of this machine. */
function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(`givc certificates of ${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The offsets of ext4's superblock, and of its magic number and UUID
 * (https://docs.kernel.org/filesystems/ext4/super.html).
 */
const superblock = { at: 1024, magicAt: 1024 + 0x38, magic: 0xef53, uuidAt: 1024 + 0x68 };

const isImageOf = (name: string, image: Buffer): boolean =>
  image.length >= superblock.uuidAt + 16 &&
  image.readUInt16LE(superblock.magicAt) === superblock.magic &&
  image.toString('hex', superblock.uuidAt, superblock.uuidAt + 16) === uuidOf(name).replaceAll('-', '');

interface Surroundings {
  /** Seconds since 1970. */
  readonly time: number;
  readonly config: string;
  readonly searchPath: string;
}

// The content of mke2fs.conf(5), so that the configuration of this machine has no effect.
const ownConfig = `[fs_types]\n${['ext4', 'floppy', 'small'].map((type) => `  ${type} = {\n    blocksize = ${block}\n  }\n`).join('')}`;

/** Runs a program of e2fsprogs with a fixed time, so that the same files make the same image. */
async function run(
  program: string,
  args: readonly string[],
  { time, config, searchPath }: Surroundings,
): Promise<void> {
  const env = {
    PATH: searchPath,
    MKE2FS_CONFIG: config,
    LC_ALL: 'C',
    E2FSPROGS_FAKE_TIME: String(time),
    DEBUGFS_PAGER: 'cat',
  };
  try {
    const { stderr } = await promisify(execFile)(program, args, { env, timeout: 60_000 });
    // debugfs(8) exits with 0 even when its commands fail, and first prints its version.
    const complaint = stderr.replace(/^debugfs \d.*\n/, '').trim();
    if (complaint !== '') throw new Error(complaint);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new GivcError('FAILED_PRECONDITION', `${program} is missing: install e2fsprogs`, { cause: error });
    const problem = ((error as { stderr?: string }).stderr ?? messageOf(error)).trim().replace(/\s+/g, ' ');
    throw new GivcError('INTERNAL', `${program} cannot make the image: ${problem}`, { cause: error });
  }
}

/** By default the files would belong to the user who makes the image, and have the present time. */
const ownershipCommands = (time: number): string =>
  Object.keys(modes)
    .flatMap((file) => ['uid 0', 'gid 0', `atime @${time}`, `ctime @${time}`].map((set) => `sif /${file} ${set}\n`))
    .join('');

async function fill(staging: string, image: string, folder: string, options: ImageOptions): Promise<void> {
  const { name, size, searchPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } = options;
  const files = join(staging, 'files');
  await mkdir(files, { mode: 0o755 });
  const certificate = await readFile(join(folder, 'cert.pem'), 'utf8');
  const [parsed] = parseCertificates(certificate) ?? [];
  if (!parsed) throw new GivcError('FAILED_PRECONDITION', `${join(folder, 'cert.pem')} is not a PEM certificate`);
  const time = Date.parse(parsed.validFrom) / 1000;
  const config = join(staging, 'mke2fs.conf');
  await writeFile(config, ownConfig);
  const surroundings = { time, config, searchPath };
  for (const [file, mode] of Object.entries(modes)) {
    const path = join(files, file);
    await writeFile(path, await readFile(join(folder, file)), { mode: 0o600, flag: 'wx' });
    await chmod(path, mode);
    await utimes(path, time, time);
  }
  await writeFile(image, '', { mode: 0o600, flag: 'wx' });
  await truncate(image, size);
  const uuid = uuidOf(name);
  const extended = `root_owner=0:0,hash_seed=${uuid},lazy_itable_init=0,nodiscard`;
  const features = 'none,extent,filetype,sparse_super,large_file,metadata_csum';
  const layout = ['-b', String(block), '-I', '256', '-N', '16', '-m', '0', '-O', features];
  await run(
    'mkfs.ext4',
    ['-q', '-F', ...layout, '-L', 'givc-certs', '-U', uuid, '-E', extended, '-d', files, image],
    surroundings,
  );
  const commands = join(staging, 'commands');
  await writeFile(commands, ownershipCommands(time));
  await run('debugfs', ['-w', '-f', commands, image], surroundings);
}

/**
 * The image at `path`, if there is one. Throws ALREADY_EXISTS when `path` is anything else than an image of the
 * certificates of this machine, unless `force` is set.
 */
export function readImage(path: string, { name, force }: Pick<ImageOptions, 'name' | 'force'>): Buffer | undefined {
  let image: Buffer;
  try {
    image = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GivcError('FAILED_PRECONDITION', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  if (!force && !isImageOf(name, image))
    throw new GivcError(
      'ALREADY_EXISTS',
      `${path} is not an image of the certificates of ${name}; with --force a new one replaces it`,
    );
  return image;
}

/**
 * Makes an ext4 image, without a journal, of the three files in `folder`, owned by root, the key with mode 0600, for
 * sharing read-only with the machine. Needs e2fsprogs, but neither root nor a mount. The same files make the same
 * bytes; an image with the same content is not replaced. The image file has mode 0600 and is replaced as a whole.
 * Throws like `readImage`, FAILED_PRECONDITION when e2fsprogs is missing, and like `NewFile` when the image cannot be
 * written.
 */
export async function writeImage(path: string, folder: string, options: ImageOptions): Promise<void> {
  const before = readImage(path, options);
  const staging = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(staging, { mode: 0o700 });
    const image = join(staging, 'image');
    await fill(staging, image, folder, options);
    const content = await readFile(image);
    if (!before?.equals(content)) await NewFile.replaceBy(path, content, { mode: 0o600 });
  } catch (error) {
    throw writeError(path, error);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
