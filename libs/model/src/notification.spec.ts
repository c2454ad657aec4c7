// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseNotification } from './notification.js';

const notification = { Event: 'e', Title: 't', Urgency: 2, Icon: 'i', Message: '<b>m</b>\n' };

describe('a notification', () => {
  it('may have each urgency, and a text with markup', () => {
    for (const Urgency of [0, 1, 2])
      expect(parseNotification('', { ...notification, Urgency })).toEqual({ ...notification, Urgency });
  });

  it.each([3, -1, 0.5])('cannot have the urgency %d', (Urgency) => {
    expect(() => parseNotification('Notification.', { ...notification, Urgency })).toThrow(
      `Notification.Urgency: invalid urgency ${Urgency}: expected 0 (low), 1 (normal), 2 (critical)`,
    );
  });

  it.each(['Event', 'Title', 'Icon', 'Message'])('has at most 8192 characters in its %s', (field) => {
    const longest = { ...notification, [field]: 'a'.repeat(8_192) };
    expect(parseNotification('', longest)).toBe(longest);
    expect(() => parseNotification('N.', { ...notification, [field]: 'a'.repeat(8_193) })).toThrow(`N.${field}: 8193`);
  });
});
