// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reason } from '@givc/model';

const refusals: ReadonlySet<string> = new Set<Reason>(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED']);

/** Whether this answer refuses the caller, rather than reporting a failure. */
export const isRefusal = (answer: string): boolean => refusals.has(answer);
