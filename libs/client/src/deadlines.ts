// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The default deadlines of calls, in milliseconds. Each is longer than the admin's own timeout for the same work, so
 * that the caller gets the admin's error, which is more specific.
 */
export const deadlines = {
  /** The admin answers from its registry, or after a short call to an agent. */
  answer: 15_000,
  /** The admin waits for a job of systemd: `DefaultTimeoutStartSec=` is 90 s (systemd-system.conf(5)). */
  job: 200_000,
  /** A VM boots, and then a job runs. */
  boot: 300_000,
  /** The job ends when the machine wakes up; the admin waits for a day. */
  sleep: 24 * 60 * 60 * 1_000 + 60_000,
  /** A person has to touch a security key. */
  person: 300_000,
} as const;
