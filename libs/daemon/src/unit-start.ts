// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseEnvironmentFile } from '@givc/config';
import { readBytes } from '@givc/files';
import { GivcError, systemErrorText } from '@givc/model';
import { runProgram } from '@givc/programs';
import { ownUnit } from './restart-command.js';

/** What the next start of the unit of this process would get from its service manager. */
export interface UnitStart {
  /**
   * The variables of the service manager, Environment= and EnvironmentFile=; undefined when a file cannot be read.
   * Those that systemd sets for a unit, such as STATE_DIRECTORY, are missing.
   */
  readonly variables: ReadonlyMap<string, string> | undefined;
  /** The files of LoadCredential=, by the names of the credentials. */
  readonly credentials: ReadonlyMap<string, string>;
}

/** The properties of org.freedesktop.systemd1.Service(5) that are used; older releases have no credentials. */
interface Properties {
  readonly MainPID: { readonly data: number };
  readonly Environment: { readonly data: readonly string[] };
  readonly EnvironmentFiles: { readonly data: readonly (readonly [path: string, isOptional: boolean])[] };
  readonly LoadCredential?: { readonly data: readonly (readonly [name: string, path: string])[] };
}

const limitMs = 3_000;
const destination = 'org.freedesktop.systemd1';

async function busctl(isOfUser: boolean, ...args: readonly string[]): Promise<unknown> {
  const bus = isOfUser ? '--user' : '--system';
  const { stdout, status } = await runProgram('busctl', [bus, '--json=short', ...args], { timeoutMs: limitMs });
  return status === 0 ? (JSON.parse(stdout.toString()) as { readonly data: unknown }).data : undefined;
}

/**
 * Asks the service manager; undefined when this process is not the main process of a unit, or when that cannot be found
 * out. Rejects with INVALID_ARGUMENT when a file of EnvironmentFile= is missing, with which a start fails.
 */
export async function readUnitStart(unit = ownUnit()): Promise<UnitStart | undefined> {
  if (!unit) return undefined;
  let properties: Properties | undefined;
  let manager: readonly string[] | undefined;
  try {
    // `self` is the unit of the caller.
    const self = ['/org/freedesktop/systemd1/unit/self', 'org.freedesktop.DBus.Properties', 'GetAll', 's'];
    const all = await busctl(unit.isOfUser, 'call', destination, ...self, `${destination}.Service`);
    properties = (all as readonly Properties[] | undefined)?.[0];
    const ofManager = ['/org/freedesktop/systemd1', `${destination}.Manager`, 'Environment'];
    manager = (await busctl(unit.isOfUser, 'get-property', destination, ...ofManager)) as typeof manager;
  } catch {
    return undefined;
  }
  if (properties?.MainPID.data !== process.pid || !manager) return undefined;
  return {
    variables: variablesOf([...manager, ...properties.Environment.data], properties.EnvironmentFiles.data),
    credentials: new Map(properties.LoadCredential?.data.filter(([, path]) => path.startsWith('/'))),
  };
}

function variablesOf(lines: readonly string[], files: Properties['EnvironmentFiles']['data']): UnitStart['variables'] {
  const variables = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  for (const [path, isOptional] of files)
    try {
      for (const [name, value] of parseEnvironmentFile(readBytes(path).toString('utf8'))) variables.set(name, value);
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      // It is a pattern, or only the service manager may read it.
      if (!isMissing || /[*?[]/.test(path)) return undefined;
      if (!isOptional)
        throw new GivcError('INVALID_ARGUMENT', `cannot read ${path}: ${systemErrorText(error)}`, { cause: error });
    }
  return variables;
}
