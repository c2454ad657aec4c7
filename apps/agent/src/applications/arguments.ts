// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, quoted } from '@givc/model';
import type { ApplicationManifest, ArgumentKind } from './applications.config.js';
import { SharedFile } from './shared-file.js';

type Manifest = Pick<ApplicationManifest, 'name' | 'args' | 'directories'>;

/** The limit of execve(2) for one argument, and more of them than a user types. */
const maxBytes = 131_071;
const maxArguments = 256;

/**
 * The only arguments that a program could take for options: a URL begins with its scheme and a file with `/`, also when
 * the caller wrote something else. So there is nothing that a `--` before them could protect, and none is added: not
 * every program knows it, and to those that do, declared flags behind it would be names of files. Who declares `flag`
 * lets callers use every option of the program that needs no `=`, also one that takes the next argument as its value.
 */
const isFlag = (arg: string): boolean => /^(-[A-Za-z0-9]|--[A-Za-z0-9][A-Za-z0-9_-]*)$/.test(arg);

const webSchemes = new Set(['http:', 'https:']);
const elementSchemes = new Set(['element:', 'io.element.desktop:']);

type Url =
  { readonly state: 'none' } | { readonly state: 'accepted' } | { readonly state: 'rewritten'; readonly as: string };

/**
 * Whether the argument is a URL that the URL Standard (https://url.spec.whatwg.org) would write in the same way, but for
 * the case of scheme and host and the `/` of an empty path. Programs get it as it was written: some look the name of an
 * application up by its capitals. What a parser would rewrite (an encoded host, numbers of IPv4, `..`) could mean another
 * thing to the program than to this check. One with user info, which could disguise the host, is none.
 */
function parseUrl(arg: string): Url {
  // The parser would drop white space and read a backslash as a slash; such URLs are not written in good faith.
  if (/[\s\p{Cc}\\]/u.test(arg) || !URL.canParse(arg)) return { state: 'none' };
  const { protocol, href } = new URL(arg);
  const [, scheme = '', slashes = '', authority = '', rest = ''] = /^([^:]*:)(\/\/([^/?#]*))?(.*)$/.exec(arg) ?? [];
  if (authority.includes('@')) return { state: 'none' };
  const isWeb = webSchemes.has(protocol) && authority !== '';
  if (!isWeb && !elementSchemes.has(protocol)) return { state: 'none' };
  const origin = `${scheme.toLowerCase()}${isWeb ? slashes.toLowerCase() : slashes}`;
  const path = isWeb && !rest.startsWith('/') ? `/${rest}` : rest;
  return href === `${origin}${path}` ? { state: 'accepted' } : { state: 'rewritten', as: href };
}

const kindNames: Record<ArgumentKind, string> = {
  flag: 'a flag such as "-x" or "--long-name"',
  url: 'an http or https URL without user info',
  file: 'the absolute path of a file inside a shared directory',
};

async function check(
  field: string,
  { name, args: kinds, directories }: Manifest,
  arg: string,
): Promise<string | SharedFile> {
  if (kinds.length === 0) throw invalid(field, `application "${name}" takes no arguments`);
  if (Buffer.byteLength(arg) > maxBytes) throw invalid(field, `an argument has at most ${maxBytes} bytes`);
  if (/\p{Cc}/u.test(arg)) throw invalid(field, 'control characters are refused');
  if (kinds.includes('flag') && isFlag(arg)) return arg;
  const url: Url = kinds.includes('url') ? parseUrl(arg) : { state: 'none' };
  if (url.state === 'accepted') return arg;
  if (url.state === 'rewritten')
    throw invalid(field, `${quoted(arg)} is not in the usual form of a URL: write ${quoted(url.as)}`);
  const file = kinds.includes('file') ? await SharedFile.open(arg, directories) : undefined;
  if (file) return file;
  throw invalid(field, `${quoted(arg)} is not ${kinds.map((kind) => kindNames[kind]).join(', nor ')}`);
}

/** Arguments that were checked, some of them files that are held until `close`. */
export class CheckedArguments {
  constructor(private readonly checked: readonly (string | SharedFile)[]) {}

  /** The arguments that the program is started with. */
  get values(): readonly string[] {
    return this.checked.map((arg) => (arg instanceof SharedFile ? arg.path : arg));
  }

  /** FAILED_PRECONDITION that names `Args[i]` unless the path of each file still leads to the file that was checked. */
  async assertUnmoved(): Promise<void> {
    for (const [index, arg] of this.checked.entries())
      if (arg instanceof SharedFile && !(await arg.isStillThere()))
        throw new GivcError(
          'FAILED_PRECONDITION',
          `Args[${index}]: ${quoted(arg.path)} was replaced while the application started; it was stopped`,
        );
  }

  async close(): Promise<void> {
    for (const arg of this.checked) if (arg instanceof SharedFile) await arg.close();
  }
}

/**
 * The arguments that the application is started with: each fits one of the kinds that its manifest declares, a URL is
 * as it was written, and a file is named by where the kernel has it, without symlinks. Otherwise INVALID_ARGUMENT
 * that names `Args[i]`; RESOURCE_EXHAUSTED when too many files are held.
 *
 * systemd (252) can give only a path to a transient service, and any process that may write in the shared directory may
 * replace the file until the program opens it. `assertUnmoved`, called when the program runs, detects that. What
 * remains: the program may have read the wrong file in the moment before it is stopped, and a file that is replaced and
 * put back in time is not noticed. `/proc/PID/fd/N` of the held file would close that window, at the price of the file's
 * name and type, by which programs choose how to open it, and of every sandbox that has another /proc.
 */
export async function checkArguments(manifest: Manifest, args: readonly string[]): Promise<CheckedArguments> {
  if (args.length > maxArguments) throw invalid('Args', `at most ${maxArguments} arguments are taken`);
  const checked: (string | SharedFile)[] = [];
  try {
    for (const [index, arg] of args.entries()) checked.push(await check(`Args[${index}]`, manifest, arg));
    return new CheckedArguments(checked);
  } catch (error) {
    await new CheckedArguments(checked).close();
    throw error;
  }
}
