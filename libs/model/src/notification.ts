// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid } from './givc-error.js';

/** Each at its number of `notify.UrgencyLevel`. */
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

/** Returns it as it is. Throws INVALID_ARGUMENT that names the field, after `prefix`, which cannot be. */
export function parseNotification<T extends Notification>(prefix: string, notification: T): T {
  for (const field of ['Event', 'Title', 'Icon', 'Message'] as const) {
    const { length } = notification[field];
    if (length > textMax) throw invalid(prefix + field, `${length} characters are too many: at most ${textMax}`);
  }
  if (!urgencyLevels[notification.Urgency])
    throw invalid(
      `${prefix}Urgency`,
      `${notification.Urgency} is none of ${urgencyLevels.map((level, number) => `${number} (${level})`).join(', ')}`,
    );
  return notification;
}
