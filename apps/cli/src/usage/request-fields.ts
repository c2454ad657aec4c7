// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { Command } from './usage.js';

/** The placeholders or options of the values that commands send under these names; others differ only in case. */
const placeholdersOf: Readonly<Record<string, readonly string[]>> = {
  ServiceName: ['unit'],
  UnitName: ['unit'],
  units: ['unit'],
  AppName: ['app', 'instance'],
  VmName: ['vm'],
  Timezone: ['zone'],
  trace_id: ['trace'],
  CachixHost: ['cachix-host'],
  WorkingDirectory: ['directory'],
  Role: ['user'],
  EnvVars: ['env'],
  Arguments: ['args'],
  Req: ['request'],
  SSID: ['ssid'],
};

/** The argument or option of the command that a field of a request is from; undefined for another field. */
function wordOf(command: Command, field: string): string | undefined {
  const name = field.slice(field.lastIndexOf('.') + 1);
  const words = placeholdersOf[name] ?? [name.toLowerCase()];
  const options = command.options.flatMap(({ long }) => (words.some((word) => long === `--${word}`) ? long! : []));
  const argument = command.registeredArguments.find((one) => words.includes(one.name()));
  return argument?.name() ?? options[0];
}

/** The error of a server about a field of the request, about the word of the command line that it is from. */
export function inWordsOf(command: Command, error: unknown): unknown {
  if (!(error instanceof GivcError) || error.field === undefined) return error;
  const { reason, message, field, info } = error;
  const word = wordOf(command, field);
  if (word === undefined || !message.includes(`${field}: `)) return error;
  return new GivcError(reason, message.replace(`${field}: `, `${word}: `), { cause: error, field: word, info });
}
