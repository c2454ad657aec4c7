// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, quoted } from '@givc/model';
import type { ApplicationConfig, ArgumentKind } from './applications.config.js';
import { SharedFile } from './shared-file.js';

type Accepting = Pick<ApplicationConfig, 'name' | 'args' | 'directories'>;

/**
 * The limit of execve(2) for one argument, and a limit for their number. The admin permits less in a request of a user.
 */
const maxBytes = 131_071;
const maxArguments = 256;

/**
 * Only arguments of the kind `flag` can be read as options by a program: a URL begins with its scheme, and a file with
 * `/`, whatever the caller wrote. So no `--` is put before them; not every program knows it, and those that do would
 * read declared flags behind it as names of files. A configuration that declares `flag` lets callers use every option
 * that needs no `=`, including one that takes the next argument as its value.
 */
const isFlag = (arg: string): boolean => /^(-[A-Za-z0-9]|--[A-Za-z0-9][A-Za-z0-9_-]*)$/.test(arg);

const webSchemes = new Set(['http:', 'https:']);
const elementSchemes = new Set(['element:', 'io.element.desktop:']);

type Url =
  { readonly state: 'none' } | { readonly state: 'accepted' } | { readonly state: 'rewritten'; readonly as: string };

/**
 * Whether the argument is a URL in the form in which the URL Standard (https://url.spec.whatwg.org) writes it, except
 * for the case of scheme and host and the `/` of an empty path. Programs get it unchanged: some look up the name of an
 * application by its capitals. A URL that a parser would rewrite (an encoded host, IPv4 numbers, `..`) could mean
 * something else to the program than to this check. URLs with user info, which could disguise the host, are rejected.
 */
function parseUrl(arg: string): Url {
  // The parser would remove white space and read a backslash as a slash; such URLs are rejected.
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
  { name, args: kinds, directories }: Accepting,
  arg: string,
): Promise<string | SharedFile> {
  if (kinds.length === 0) throw invalid(field, `application "${name}" takes no arguments`);
  if (Buffer.byteLength(arg) > maxBytes) throw invalid(field, `an argument has at most ${maxBytes} bytes`);
  if (/\p{Cc}/u.test(arg)) throw invalid(field, 'control characters are rejected');
  if (kinds.includes('flag') && isFlag(arg)) return arg;
  const url: Url = kinds.includes('url') ? parseUrl(arg) : { state: 'none' };
  if (url.state === 'accepted') return arg;
  if (url.state === 'rewritten')
    throw invalid(field, `${quoted(arg)} is not in the usual form of a URL: write ${quoted(url.as)}`);
  const file = kinds.includes('file') ? await SharedFile.open(arg, directories) : undefined;
  if (file) return file;
  throw invalid(field, `${quoted(arg)} is not ${kinds.map((kind) => kindNames[kind]).join(', nor ')}`);
}

/** Arguments that were checked; files among them are held open until `close`. */
export class CheckedArguments {
  constructor(private readonly checked: readonly (string | SharedFile)[]) {}

  /** The arguments for the program. */
  get values(): readonly string[] {
    return this.checked.map((arg) => (arg instanceof SharedFile ? arg.path : arg));
  }

  /** FAILED_PRECONDITION that names `Args[i]` unless each path still leads to the file that was checked. */
  async assertUnmoved(): Promise<void> {
    for (const [index, arg] of this.checked.entries())
      if (arg instanceof SharedFile && !(await arg.isStillThere()))
        throw new GivcError(
          'FAILED_PRECONDITION',
          `Args[${index}]: ${quoted(arg.path)} was replaced while the application started; it was stopped`,
          { field: `Args[${index}]` },
        );
  }

  async close(): Promise<void> {
    for (const arg of this.checked) if (arg instanceof SharedFile) await arg.close();
  }
}

/**
 * The arguments for the start of an application: each matches one of the kinds that its configuration lists, a URL is
 * unchanged, and a file is named by its path in the kernel, without symlinks. Otherwise INVALID_ARGUMENT that names
 * `Args[i]`; RESOURCE_EXHAUSTED when too many files are held.
 *
 * systemd (252) can pass only a path to a transient service, and any process that may write in the shared directory may
 * replace the file until the program opens it. `assertUnmoved`, called when the program runs, detects that. Two cases
 * remain: the program may have read the wrong file before it is stopped, and a file that is replaced and put back in
 * time is not noticed. `/proc/PID/fd/N` of the held file would close that window, but it would lose the file's name and
 * type, by which programs choose how to open it, and it fails in a sandbox with another /proc.
 */
export async function checkArguments(application: Accepting, args: readonly string[]): Promise<CheckedArguments> {
  if (args.length > maxArguments) throw invalid('Args', `at most ${maxArguments} arguments are accepted`);
  const checked: (string | SharedFile)[] = [];
  try {
    for (const [index, arg] of args.entries()) checked.push(await check(`Args[${index}]`, application, arg));
    return new CheckedArguments(checked);
  } catch (error) {
    await new CheckedArguments(checked).close();
    throw error;
  }
}
