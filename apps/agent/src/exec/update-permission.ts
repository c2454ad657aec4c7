// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { GivcError, quoted, type VmName } from '@givc/model';
import type { AllowedCommand } from './exec.config.js';
import { permitCommand, type PermittedCommand } from './permission.js';
import type { StartRequest } from './start-request.js';

const program = 'ota-update';

const denied = (reason: string): GivcError =>
  new GivcError(
    'PERMISSION_DENIED',
    `${reason}: this agent lists no capabilities.exec.commands, so only its admin may run ${program}, as an update needs it`,
  );

/** The arguments that an admin uses for ListGenerations and SetGeneration. */
const updateArguments: readonly AllowedCommand['args'][] = [
  ['get'],
  ['cachix', '*', '--cache', '*', ['--token', '*'], ['--cachix-host', '*']],
];

/** The first executable file of this name in the folders of a PATH. */
function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(':')
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/** The name in the caller's certificate, and the name of the admin. */
export interface UpdateCaller {
  readonly caller: VmName | undefined;
  readonly admin: VmName;
}

/**
 * Permits what updates need on a host without a list of commands, as in existing configurations: the command
 * `ota-update` with the arguments of an update, for the certificate of the admin, without a role, directory, variable
 * or input, and without values that begin with a dash. PERMISSION_DENIED for everything else; FAILED_PRECONDITION when
 * the program is not on the agent's PATH.
 */
export function permitUpdate(
  request: StartRequest,
  { caller, admin }: UpdateCaller,
  ownUser: string,
): PermittedCommand {
  const { command, user, directory, environment, stdin } = request;
  if (caller === undefined || caller !== admin)
    throw denied(`${caller ?? 'a caller without a certificate'} may run nothing`);
  if (command !== program) throw denied(`${quoted(command)} is not allowed`);
  if (user !== undefined || directory !== undefined || environment.size > 0 || stdin?.length)
    throw denied('a role, a directory, a variable or input is not allowed');
  const path = findOnPath(program, process.env['PATH'] ?? '');
  if (path === undefined) throw new GivcError('FAILED_PRECONDITION', `${program} is not on the PATH of this agent`);
  const commands = updateArguments.map((args) => ({
    ...{ command: path, args, users: [], environment: [], directories: [] },
  }));
  return permitCommand(commands, request, ownUser);
}
