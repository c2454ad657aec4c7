// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ErrorInfo } from '@givc/model';

/**
 * The beginning of the message with which agents and admins of the original deny a call by their rules (policy.go),
 * without details.
 */
const originalDenial = /^permission denied by (admin )?access control policy/;

/**
 * The info of a denial by rules, in the form of our servers, for a denial of the original's servers, which only have a
 * message.
 */
export const originalDenialInfo = (message: string): ErrorInfo | undefined =>
  originalDenial.test(message) ? { reason: 'DENIED_BY_RULES' } : undefined;
