// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid } from './givc-error.js';

/** Each at the index of its number in `notify.UrgencyLevel`. */
export const urgencyLevels = ['low', 'normal', 'critical'] as const;

/** One of `urgencyLevels`. */
export type UrgencyLevel = (typeof urgencyLevels)[number];

/** A `notify.UserNotification` of the contract. */
interface Notification {
  readonly Event: string;
  readonly Title: string;
  readonly Urgency: number;
  readonly Icon: string;
  readonly Message: string;
}

const textMax = 8_192;

/** Returns it unchanged. Throws INVALID_ARGUMENT that names the invalid field, after `prefix`. */
export function parseNotification<T extends Notification>(prefix: string, notification: T): T {
  for (const field of ['Event', 'Title', 'Icon', 'Message'] as const) {
    const { length } = notification[field];
    if (length > textMax) throw invalid(prefix + field, `${length} characters are too many: at most ${textMax}`);
  }
  if (!urgencyLevels[notification.Urgency])
    throw invalid(
      `${prefix}Urgency`,
      `invalid urgency ${notification.Urgency}: expected ${urgencyLevels.map((level, number) => `${number} (${level})`).join(', ')}`,
    );
  return notification;
}
