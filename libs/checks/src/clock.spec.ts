// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkClock } from './clock.js';

describe('the clock of a peer', () => {
  it.each([
    // It has read its clock at any moment between the request and the answer.
    [1_000, 1_000, 9_000, 'ok', 'has the same time'],
    [1_000, 9_000, 9_000, 'ok', 'has the same time'],
    [1_000, 10_000, 9_000, 'ok', 'has the same time'],
    [1_000, 10_001, 9_000, 'warning', 'is 1.0 s ahead'],
    [10_000, 8_500, 10_100, 'warning', 'is 1.5 s behind'],
    [100_000, 160_500, 100_500, 'warning', 'is 60.0 s ahead'],
    [100_000, 39_999, 100_500, 'failure', 'is 60.0 s behind'],
  ])('that was read as %d..%d..%d is %s: %s', (sent, theirs, received, state, message) => {
    expect(checkClock('net-vm', sent, theirs, received)).toMatchObject({
      id: 'clock',
      subject: 'net-vm',
      state,
      message,
    });
  });
});
