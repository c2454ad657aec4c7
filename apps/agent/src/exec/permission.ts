// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { basename } from 'node:path';
import { GivcError, quoted } from '@givc/model';
import { firstMismatch } from './argument-patterns.js';
import type { AllowedCommand } from './exec.config.js';
import type { StartRequest } from './start-request.js';

/** A command that a caller may run, and the user that it runs as. */
export interface PermittedCommand {
  readonly command: string;
  readonly user: string;
}

interface Rejection {
  readonly reason: string;
  /** The number of matching arguments; the entry with the most is probably the one that the caller means. */
  readonly matched: number;
}

const denied = (reason: string): GivcError => new GivcError('PERMISSION_DENIED', reason);

/** The entries of the named command. */
function entriesFor(name: string, commands: readonly AllowedCommand[]): readonly AllowedCommand[] {
  const isBare = !name.includes('/');
  const entries = commands.filter(({ command }) => (isBare ? basename(command) : command) === name);
  const paths = new Set(entries.map(({ command }) => command));
  if (paths.size === 0) throw denied(`${quoted(name)} is not in capabilities.exec.commands of this agent`);
  if (paths.size > 1) throw denied(`${quoted(name)} is the name of ${[...paths].join(' and ')}: give the whole path`);
  return entries;
}

function mismatchText(index: number, count: number): string {
  if (index < count) return `argument ${index + 1} is not allowed`;
  return count === 0 ? 'it needs arguments' : `an argument is missing after argument ${count}`;
}

/** The reason why this entry does not allow the request. It never contains arguments or values, which may be tokens. */
function rejectionBy(
  entry: AllowedCommand,
  request: StartRequest,
  user: string,
  ownUser: string,
): Rejection | undefined {
  const { args, directory, environment } = request;
  const mismatch = firstMismatch(entry.args, args);
  if (mismatch !== undefined) return { matched: mismatch, reason: mismatchText(mismatch, args.length) };
  const reject = (reason: string): Rejection => ({ matched: Infinity, reason });
  const users = entry.users.length > 0 ? entry.users : [ownUser];
  if (!users.includes(user)) return reject(`role ${quoted(user)} is not allowed; ${users.join(', ')} may be asked for`);
  for (const name of environment.keys())
    if (!entry.environment.includes(name)) return reject(`environment variable ${quoted(name)} is not allowed`);
  if (directory !== undefined && !entry.directories.includes(directory))
    return reject(`directory ${quoted(directory)} is not allowed`);
  return undefined;
}

/**
 * Throws PERMISSION_DENIED, with the part that is not allowed, unless one of the configured commands allows all of the
 * request. A name without a slash means the only command whose path ends with it. Without a user, the agent's own user
 * is used.
 */
export function permitCommand(
  commands: readonly AllowedCommand[],
  request: StartRequest,
  ownUser: string,
): PermittedCommand {
  const user = request.user ?? ownUser;
  let closest: Rejection | undefined;
  const entries = entriesFor(request.command, commands);
  const { command } = entries[0]!;
  for (const entry of entries) {
    const rejection = rejectionBy(entry, request, user, ownUser);
    if (!rejection) return { command, user };
    if (!closest || rejection.matched > closest.matched) closest = rejection;
  }
  throw denied(`${command}: ${closest!.reason}`);
}
