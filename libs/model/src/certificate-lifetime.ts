// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * The time before its end at which a certificate has to be renewed, in milliseconds: a fifth of its lifetime, at most
 * 30 days.
 */
export const renewalMs = (notBefore: number, notAfter: number): number =>
  Math.min(30 * dayMs, (notAfter - notBefore) / 5);
