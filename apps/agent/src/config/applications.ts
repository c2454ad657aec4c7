import type { ApplicationManifest } from './capabilities.js';

/** What applications say that has no effect: a name that an earlier one has, files without directories, directories without files. */
export function idleApplicationSettings(applications: readonly ApplicationManifest[]): string[] {
  const names = new Set<string>();
  return applications.flatMap(({ name, args, directories }) => {
    const where = `capabilities.applications: "${name}"`;
    if (names.has(name)) return [`${where} is the name of an earlier application; this one is never started`];
    names.add(name);
    const takesFiles = args.includes('file');
    if (takesFiles && directories.length === 0)
      return [`${where} takes files, but names no directories: all are refused`];
    if (!takesFiles && directories.length > 0) return [`${where} names directories, but its args have no "file"`];
    return [];
  });
}
