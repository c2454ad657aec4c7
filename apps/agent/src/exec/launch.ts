// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { GivcError } from '@givc/model';
import { ProgramGroup } from '@givc/programs';
import type { PermittedCommand } from './permission.js';
import type { StartRequest } from './start-request.js';
import { findUser, ownUser, type User } from './users.js';

const failed = (field: string, problem: string): GivcError =>
  new GivcError('FAILED_PRECONDITION', `${field}: ${problem}`, { field, problem });

async function userOf(name: string): Promise<{ readonly user: User; readonly isOwn: boolean }> {
  const own = ownUser();
  if (name === own.name) return { user: own, isOwn: true };
  if (own.uid !== 0)
    throw failed('Role', `this agent runs as ${own.name}, and only one that runs as root can run programs as ${name}`);
  return { user: await findUser(name), isOwn: false };
}

async function assertExists(command: string, directory: string): Promise<void> {
  await access(command, constants.X_OK).catch((error: unknown) => {
    throw new GivcError('FAILED_PRECONDITION', `${command}: this machine has no such program`, { cause: error });
  });
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) throw failed('WorkingDirectory', `this machine has no directory ${directory}`);
}

/**
 * Starts a permitted command. From the agent's environment it gets PATH and LANG, which are the machine's.
 *
 * setpriv(1) changes the user between the fork and the program, with the user's groups. Node's own `uid` and `gid`
 * would leave the program without supplementary groups, and a transient unit of systemd would show the program's
 * variables to every user of the machine (systemctl(1), show).
 */
export async function launch({ command, user: name }: PermittedCommand, request: StartRequest): Promise<ProgramGroup> {
  const directory = request.directory ?? '/';
  const { user, isOwn } = await userOf(name);
  await assertExists(command, directory);
  const { PATH = '/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env;
  const environment = { PATH, LANG, HOME: user.home, USER: user.name, ...Object.fromEntries(request.environment) };
  if (isOwn) return ProgramGroup.start(command, request.args, { environment, directory });
  const become = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--inh-caps=-all', '--'];
  return ProgramGroup.start('setpriv', [...become, command, ...request.args], { environment, directory });
}
