// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import { listMachines } from '../machines/list-machines.js';
import type { TypedNames } from './typed-names.js';
import { unknownName, type UnknownName } from './unknown-name.js';

const limitMs = 5_000;

/** The name that the registry does not have; undefined also when this caller may not list it. */
export async function findUnknown(admin: AdminClient, typed: TypedNames): Promise<UnknownName | undefined> {
  try {
    const [{ List }, machines] = await Promise.all([
      admin.queryList({}, { deadlineMs: limitMs }),
      typed.app === undefined ? undefined : listMachines(admin, { deadlineMs: limitMs }),
    ]);
    return unknownName(List, typed, machines);
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    return undefined;
  }
}

/**
 * Adds the similar names to the error of a call that a mistyped name may have caused. They are those that this caller
 * may list: a daemon does not say them to others.
 */
export async function explainName(error: unknown, admin: AdminClient, typed: TypedNames): Promise<unknown> {
  if (!(error instanceof GivcError)) return error;
  const { reason, message, field, info } = error;
  if (reason !== 'NOT_FOUND' && reason !== 'PERMISSION_DENIED') return error;
  if ([typed.vm, ...(typed.units ?? []), typed.instance, typed.app].every((name) => name === undefined)) return error;
  const unknown = await findUnknown(admin, typed);
  if (!unknown) return error;
  const { kind, problem, advice } = unknown;
  const text = kind === 'vm' && reason === 'NOT_FOUND' ? `${problem}: ${advice}` : `${message}; ${advice}`;
  return new GivcError(reason, text, { cause: error, field, info });
}
