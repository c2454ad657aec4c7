// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  allRight,
  check,
  checkEach,
  checkPrograms,
  programProblem,
  type Check,
  type NeededProgram,
} from '@givc/checks';
import type { AgentConfig } from '../agent.config.js';
import { keyPrograms } from '../ctap/ctap-request.js';

const isRoot = (): boolean => process.getuid?.() === 0;

/** The programs that the enabled capabilities run by name. */
export function neededPrograms({ capabilities }: AgentConfig): NeededProgram[] {
  const { dbusProxy, exec, ctap, socketProxy } = capabilities;
  const given = (names: readonly string[], by: string, from: string): NeededProgram[] =>
    names.map((program) => ({ program, by, from }));
  const makesSockets = socketProxy.sockets.some(
    ({ server, owner, group }) => !server && (isRoot() || owner !== undefined || group !== undefined),
  );
  return [
    // The session of a user leaves the locale of the machine to the system's agent.
    ...(isRoot() ? given(['localectl', 'timedatectl', 'busctl'], 'the locale', 'systemd') : []),
    ...(dbusProxy.proxies.length > 0 ? given(['xdg-dbus-proxy'], 'capabilities.dbusProxy', 'xdg-dbus-proxy') : []),
    ...(dbusProxy.proxies.some(({ user }) => user !== undefined)
      ? given(['id'], 'capabilities.dbusProxy', 'coreutils')
      : []),
    ...(exec.enable && exec.commands?.some(({ users }) => users.length > 0)
      ? given(['getent'], 'capabilities.exec', 'libc-bin')
      : []),
    ...(ctap.enable ? given(keyPrograms, 'capabilities.ctap', 'qubes-ctap') : []),
    ...(makesSockets ? given(['chown'], 'capabilities.socketProxy', 'coreutils') : []),
  ];
}

/** The programs of capabilities and of applications, and the commands that others may run. */
export function programChecks(config: AgentConfig): Check[] {
  const { applications } = config.capabilities;
  return [
    ...namedProgramChecks(config),
    {
      id: 'applications',
      subject: 'capabilities.applications',
      run: () =>
        checkEach(
          applications,
          async ({ name, command: [program] }) => {
            const problem = await programProblem(program);
            const fix = `install it, or correct the command of "${name}" in capabilities.applications`;
            return problem === undefined ? undefined : check('applications', program).failure(problem, fix);
          },
          () =>
            allRight(
              'applications',
              applications.length,
              ['application', 'can be started'],
              ['applications', 'can be started'],
            ),
        ),
    },
  ];
}

/** The same without applications, of which a configuration already warns. */
export function namedProgramChecks(config: AgentConfig): Check[] {
  const { enable, commands: entries = [] } = config.capabilities.exec;
  const commands = enable ? [...new Set(entries.map(({ command }) => command))] : [];
  return [
    { id: 'programs', subject: 'PATH', run: () => checkPrograms(neededPrograms(config)) },
    {
      id: 'commands',
      subject: 'capabilities.exec.commands',
      run: () =>
        checkEach(
          commands,
          async (command) => {
            const problem = await programProblem(command);
            const fix = 'install it, or remove it from capabilities.exec.commands';
            return problem === undefined ? undefined : check('commands', command).failure(problem, fix);
          },
          () => allRight('commands', commands.length, ['command', 'can be run'], ['commands', 'can be run']),
        ),
    },
  ];
}
