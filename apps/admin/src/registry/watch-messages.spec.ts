// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin as adminMessages } from '@givc/rpc';
import { itemOf } from './registry-entry.js';
import { unitEntry } from './registry.fixture.js';
import { changeMessage, initialMessage, type WatchMessage } from './watch-messages.js';

describe('the size of a watch message', () => {
  const entry = unitEntry('net-vm', 'web.service');
  const sizes = ({ message, bytes }: WatchMessage) => ({
    counted: bytes,
    encoded: adminMessages.WatchItem.encode(message).finish().length,
  });

  it.each(['a', 'é', '€', '😀'])('is at least its size on the wire with a description of 512 %s', (character) => {
    const item = itemOf({ ...entry, status: { ...entry.status, Description: character.repeat(512) } });
    for (const message of [changeMessage('Updated', item), initialMessage({ List: [item, item] })]) {
      const { counted, encoded } = sizes(message);
      expect(counted).toBeGreaterThanOrEqual(encoded);
    }
  });
});
