// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reason } from '@givc/model';

const refusals: ReadonlySet<string> = new Set<Reason>(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED']);

/** Whether a caller that gets this answer is refused, rather than helped badly. */
export const isRefusal = (answer: string): boolean => refusals.has(answer);
