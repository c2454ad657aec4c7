// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ErrorInfo } from '@givc/model';

/** How agents and admins of the original begin the message of a denial by their rules (policy.go), which has no details. */
const originalDenial = /^permission denied by (admin )?access control policy/;

/** The info of a denial by rules, as servers of ours send it, of one that a server of the original has answered in words alone. */
export const originalDenialInfo = (message: string): ErrorInfo | undefined =>
  originalDenial.test(message) ? { reason: 'DENIED_BY_RULES' } : undefined;
