// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid } from '@givc/model';
import type { admin } from '@givc/rpc';

/** The generation that a host changes to, as a pin in a binary cache of Cachix. */
export interface CachixUpdate {
  readonly pin: string;
  readonly cache: string;
  readonly token: string | undefined;
  readonly cachixHost: string | undefined;
}

const nameMax = 256;
const tokenMax = 4_096;

/** An argument that no program parses as an option. Errors do not contain it, because it may be a token. */
function parseArgument(field: string, value: string, max = nameMax): string {
  if (value === '') throw invalid(field, 'required');
  if (value.length > max) throw invalid(field, `too long: expected at most ${max} characters`);
  if (!/^[!-~]+$/.test(value)) throw invalid(field, 'expected printable ASCII without spaces');
  if (value.startsWith('-')) throw invalid(field, 'unexpected "-" at the beginning');
  return value;
}

/** Callers send an empty value for a field that is not given. */
const parseOptional = (field: string, value: string | undefined, max?: number): string | undefined =>
  value ? parseArgument(field, value, max) : undefined;

export function parseSetGeneration({ Update }: admin.SetGenerationRequest): CachixUpdate {
  if (!Update) throw invalid('Update', 'required: expected Cachix');
  const { Pin, Cache, Token, CachixHost } = Update.value;
  return {
    pin: parseArgument('Cachix.Pin', Pin),
    cache: parseArgument('Cachix.Cache', Cache),
    token: parseOptional('Cachix.Token', Token, tokenMax),
    cachixHost: parseOptional('Cachix.CachixHost', CachixHost),
  };
}
