// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * How long a response is awaited, in milliseconds, where `CallOptions.deadlineMs` does not say otherwise. Each is above
 * the admin's own limit for the same work: the admin knows what did not happen in time, and its response should be the
 * one that arrives.
 */
export const deadlines = {
  /** What the admin knows, or asks an agent without waiting for a job. */
  answer: 15_000,
  /** A job of systemd: `DefaultTimeoutStartSec=` is 90 s (systemd-system.conf(5)). */
  job: 200_000,
  /** A VM boots, then a job. */
  boot: 300_000,
  /** A job that lasts as long as a machine sleeps: the admin waits for a day. */
  sleep: 24 * 60 * 60 * 1_000 + 60_000,
  /** A person has to touch a security key. */
  person: 300_000,
} as const;
