// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { posix } from 'node:path';
import { GivcError } from '@givc/model';
import { findProgram } from '@givc/programs';
import type { TransientService } from '@givc/systemd';
import { dbusProxyUnit, type DbusProxyEntry } from './dbus-proxy.config.js';
import { socketOfBus } from './proxied-bus.js';

const program = 'xdg-dbus-proxy';

async function findProxy(): Promise<string> {
  const found = await findProgram(program);
  if (found === undefined)
    throw new GivcError(
      'FAILED_PRECONDITION',
      `this machine has no ${program}: install the package ${program}, or put it on the PATH of the agent`,
    );
  return found;
}

/** The command line of xdg-dbus-proxy(1) with the filter of the entry. */
export function proxyCommand(
  path: string,
  bus: string,
  { socket, filter, log }: Pick<DbusProxyEntry, 'socket' | 'filter' | 'log'>,
): [string, ...string[]] {
  const options = (['see', 'talk', 'own', 'call', 'broadcast'] as const).flatMap((option) =>
    filter[option].map((value) => `--${option}=${value}`),
  );
  return [path, `unix:path=${bus}`, socket, '--filter', ...(log ? ['--log'] : []), ...options];
}

/** The unit of an entry. FAILED_PRECONDITION when this machine lacks the program or the user. */
export async function proxyService(entry: DbusProxyEntry): Promise<TransientService> {
  const [path, bus] = await Promise.all([findProxy(), socketOfBus(entry)]);
  return {
    unit: dbusProxyUnit(entry),
    description: `D-Bus proxy "${entry.name}"`,
    command: proxyCommand(path, bus, entry),
    restart: 'always',
    ...(entry.user === undefined ? {} : { user: entry.user }),
    sandbox: { writes: [posix.dirname(entry.socket)], reads: [bus] },
  };
}
