// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Milliseconds. */
export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** Whole days from `now` on; negative when it is over. */
export const daysLeft = (end: Date, now = Date.now()): number => Math.floor((end.getTime() - now) / day);

/** `2026-11-24 08:23:00 UTC` */
export const formatTime = (time: Date): string => time.toISOString().replace('T', ' ').replace(/\..*/, ' UTC');

/** In days, or in hours when that is less than two days. */
export const formatDuration = (ms: number): string =>
  ms < 2 * day ? `${Math.floor(ms / hour)} hours` : `${Math.floor(ms / day)} days`;
