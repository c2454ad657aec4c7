// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  authorizationRequest,
  withUnknownFields,
  type CallType,
  type PartialRecord,
  type PartialRequest,
} from '@givc/access';
import { invalid } from '@givc/model';
import type { Rpc } from '@givc/rpc';
import { parseRequest } from './policy-request.js';

/** The fields that name a unit or an application, and those that name a VM. */
const unitFields = ['ServiceName', 'UnitName', 'AppName', 'Name', 'unit', 'units'];
const vmFields = ['VmName', 'vm'];

/** What is known of the request. */
export interface ReachedRequest {
  readonly unit?: string | undefined;
  readonly vm?: string | undefined;
  readonly data?: string | undefined;
}

/**
 * The request of which `unit`, `vm` and the fields of `data` are known; without `data`, all other fields are unknown.
 * Throws INVALID_ARGUMENT when the rpc has no field for them.
 */
export async function parseReachedRequest(
  rpc: Rpc<unknown, unknown>,
  { fields, daemons }: CallType,
  { unit, vm, data }: ReachedRequest,
): Promise<PartialRequest> {
  const known: Record<string, string | string[]> = {};
  if (unit !== undefined) {
    const field = unitFields.find((name) => fields.has(name));
    if (field === undefined) throw invalid('--unit', `requests of ${rpc.path.slice(1)} name no unit`);
    known[field] = field === 'units' ? [unit] : unit;
  }
  const vmField = vmFields.find((name) => fields.has(name));
  if (vm !== undefined && vmField !== undefined) known[vmField] = vm;
  else if (vm !== undefined && !daemons.includes('agent'))
    throw invalid('--vm', `requests of ${rpc.path.slice(1)} name no VM`);
  const exact = authorizationRequest(
    '',
    rpc.path,
    data === undefined ? undefined : await parseRequest('--data', rpc, data),
  );
  const context: PartialRecord =
    data === undefined ? { ...withUnknownFields(fields, {}), ...exact.context } : exact.context;
  return { ...exact, context: { ...context, ...known } };
}
