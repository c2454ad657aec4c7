// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';
import type { ctap } from '@givc/rpc';

/** The programs of qubes-ctap, by the requests that they answer. */
const programs: Readonly<Record<string, string>> = {
  'ctap.GetInfo': 'qctap-get-info',
  'ctap.ClientPin': 'qctap-client-pin',
  'u2f.Register': 'qctap-make-credential',
  'u2f.Authenticate': 'qctap-get-assertion',
};

/** The programs that answer requests. */
export const keyPrograms: readonly string[] = Object.values(programs);

const argsMax = 32;
const argMax = 4_096;
/** A message of CTAP over USB has at most 7,609 bytes (CTAP 2.1, "Message and packet structure"). */
const payloadMax = 64 * 1024;

/** A request to a security key: the program that makes it, its arguments, and its standard input. */
export interface KeyRequest {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly payload: Uint8Array;
}

/** Throws INVALID_ARGUMENT that names the field. No error contains arguments or payload. */
export function parseKeyRequest({ Req, Args, Payload }: ctap.CtapRequest): KeyRequest {
  const program = Object.hasOwn(programs, Req) ? programs[Req] : undefined;
  if (program === undefined)
    throw invalid('Req', `invalid request ${quoted(Req)}: expected ${Object.keys(programs).join(', ')}`);
  if (Args.length > argsMax) throw invalid('Args', `there are more than ${argsMax}`);
  for (const [index, arg] of Args.entries()) {
    if (arg.includes('\0')) throw invalid(`Args[${index}]`, 'an argument of a program has no NUL');
    if (Buffer.byteLength(arg) > argMax) throw invalid(`Args[${index}]`, `it is longer than ${argMax} bytes`);
  }
  if (Payload.length > payloadMax) throw invalid('Payload', `it is longer than ${payloadMax} bytes`);
  return { name: Req, program, args: Args, payload: Payload };
}
