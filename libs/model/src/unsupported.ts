// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from './endpoint.js';
import { GivcError, invalid } from './givc-error.js';

const noVsock = 'vsock is not supported by this version yet; use tcp or unix';

/**
 * Throws INVALID_ARGUMENT that names `field` for an address of the contract at which this version can neither listen nor
 * dial. The one place that says so of what is read.
 */
export function assertSupported(field: string, { protocol }: Address): void {
  if (protocol === 'vsock') throw invalid(field, noVsock);
}

/** Of an address that came past `assertSupported`. */
export const unsupported = (what: string): GivcError => new GivcError('UNIMPLEMENTED', `${what}: ${noVsock}`);
