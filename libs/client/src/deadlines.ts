/**
 * How long an answer is awaited, in milliseconds. Each is above the admin's own limit for the same work: the admin
 * knows what did not happen in time, and its answer should be the one that arrives.
 */
export const deadlines = {
  /** What the admin knows or asks an agent without waiting for a job. */
  answer: 15_000,
  /** A job of systemd: `DefaultTimeoutStartSec=` is 90 s (systemd-system.conf(5)). */
  job: 200_000,
  /** A VM boots, then a job. */
  boot: 300_000,
  /** A job that lasts as long as a machine sleeps. */
  sleep: 24 * 60 * 60 * 1_000 + 60_000,
  /** Somebody has to reach for a key. */
  person: 300_000,
} as const;
