// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reason } from '@givc/model';

const rejections: ReadonlySet<string> = new Set<Reason>(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED']);

/** Whether this answer rejects the caller, rather than reporting a failure. */
export const isRejection = (answer: string): boolean => rejections.has(answer);
