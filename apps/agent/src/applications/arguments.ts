import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { invalid } from '@givc/model';
import type { ApplicationManifest, ArgumentKind } from '../config/capabilities.js';

type Manifest = Pick<ApplicationManifest, 'name' | 'args' | 'directories'>;

/** What execve(2) takes for one argument, and far more of them than anybody types. */
const maxBytes = 131_071;
const maxArguments = 256;

const isFlag = (arg: string): boolean => /^(-[A-Za-z0-9]|--[A-Za-z0-9][A-Za-z0-9_-]*)$/.test(arg);

const webSchemes = new Set(['http:', 'https:']);
const elementSchemes = new Set(['element:', 'io.element.desktop:']);

/** By the URL Standard (https://url.spec.whatwg.org), with no user info that could disguise the host. */
function isUrl(arg: string): boolean {
  // The parser drops white space and takes a backslash for a slash; the program may read something else than was checked.
  if (/[\s\p{Cc}\\]/u.test(arg) || !URL.canParse(arg)) return false;
  const { protocol } = new URL(arg);
  const authority = /^[^:]*:\/\/([^/?#]*)/.exec(arg)?.[1] ?? '';
  if (authority.includes('@')) return false;
  return elementSchemes.has(protocol) || (webSchemes.has(protocol) && authority !== '');
}

const isInside = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** The file that the argument means once every symlink is resolved, if it lies in one of the directories. */
async function resolvedFile(arg: string, directories: readonly string[]): Promise<string | undefined> {
  if (!isAbsolute(arg)) return undefined;
  // What cannot be resolved does not exist here, or may not be reached, which to the caller is the same.
  const resolve = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
  const [path, ...inside] = await Promise.all([arg, ...directories].map(resolve));
  if (path === undefined || !inside.some((directory) => directory !== undefined && isInside(path, directory)))
    return undefined;
  return (await stat(path)).isFile() ? path : undefined;
}

const what: Record<ArgumentKind, string> = {
  flag: 'a flag such as "-x" or "--long-name"',
  url: 'an http or https URL without user info',
  file: 'the absolute path of a file inside a shared directory',
};

/**
 * The arguments that the application is started with: each fits one of the kinds that its manifest declares, and a file
 * is named by the path that was checked, without symlinks. Otherwise INVALID_ARGUMENT that names `Args[i]`.
 */
export async function checkArguments(
  { name, args: kinds, directories }: Manifest,
  args: readonly string[],
): Promise<string[]> {
  if (args.length > maxArguments) throw invalid('Args', `at most ${maxArguments} arguments are taken`);
  return Promise.all(
    args.map(async (arg, index) => {
      const field = `Args[${index}]`;
      if (kinds.length === 0) throw invalid(field, `application "${name}" takes no arguments`);
      if (Buffer.byteLength(arg) > maxBytes) throw invalid(field, `an argument has at most ${maxBytes} bytes`);
      if (/\p{Cc}/u.test(arg)) throw invalid(field, 'control characters are refused');
      if (kinds.includes('flag') && isFlag(arg)) return arg;
      if (kinds.includes('url') && isUrl(arg)) return arg;
      const file = kinds.includes('file') ? await resolvedFile(arg, directories) : undefined;
      if (file !== undefined) return file;
      throw invalid(field, `${JSON.stringify(arg)} is not ${kinds.map((kind) => what[kind]).join(', nor ')}`);
    }),
  );
}
