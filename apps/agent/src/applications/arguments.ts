import { realpath } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { invalid } from '@givc/model';
import type { ApplicationManifest, ArgumentKind } from '../config/capabilities.js';

const isFlag = (arg: string): boolean => /^(-[A-Za-z0-9]|--[A-Za-z0-9][A-Za-z0-9-]*)$/.test(arg);

const urlSchemes = new Set(['http:', 'https:']);
const elementSchemes = new Set(['element:', 'io.element.desktop:']);

/** By the URL Standard (https://url.spec.whatwg.org), with no user info that could disguise the host. */
function isUrl(arg: string): boolean {
  // The parser drops these characters silently, so the program would be handed something else than what was checked.
  if (/[\s\p{Cc}]/u.test(arg)) return false;
  const url = URL.canParse(arg) ? new URL(arg) : undefined;
  if (!url) return false;
  if (elementSchemes.has(url.protocol)) return true;
  return urlSchemes.has(url.protocol) && url.username === '' && url.password === '';
}

const isInside = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** The file that the argument means once every symlink is resolved, if it lies in one of the directories. */
async function resolvedFile(arg: string, directories: readonly string[]): Promise<string | undefined> {
  if (!isAbsolute(arg)) return undefined;
  const resolve = (path: string) => realpath(path).catch(() => undefined);
  const [path, ...inside] = await Promise.all([arg, ...directories].map(resolve));
  return path !== undefined && inside.some((directory) => directory !== undefined && isInside(path, directory))
    ? path
    : undefined;
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
export function checkArguments(
  { name, args: kinds, directories }: ApplicationManifest,
  args: readonly string[],
): Promise<string[]> {
  return Promise.all(
    args.map(async (arg, index) => {
      const field = `Args[${index}]`;
      if (kinds.length === 0) throw invalid(field, `application "${name}" takes no arguments`);
      if (/\p{Cc}/u.test(arg)) throw invalid(field, 'control characters are refused');
      if (kinds.includes('flag') && isFlag(arg)) return arg;
      if (kinds.includes('url') && isUrl(arg)) return arg;
      const file = kinds.includes('file') ? await resolvedFile(arg, directories) : undefined;
      if (file !== undefined) return file;
      throw invalid(field, `${JSON.stringify(arg)} is not ${kinds.map((kind) => what[kind]).join(', nor ')}`);
    }),
  );
}
