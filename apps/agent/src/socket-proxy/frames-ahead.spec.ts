// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FramesAhead } from './frames-ahead.js';

describe('the frames that the connections of a process may have written ahead', () => {
  it.each([
    [1, 16],
    [16, 16],
    [32, 8],
    [256, 1],
    [1_000, 1],
  ])('are limited for each of %i connections to %i', (connections, limit) => {
    const frames = new FramesAhead();
    for (let n = 0; n < connections; n++) frames.begin();
    expect(frames.limit).toBe(limit);
  });

  it('are counted for connections that have not ended', () => {
    const frames = new FramesAhead();
    const ends = Array.from({ length: 256 }, () => frames.begin());
    for (const end of ends.slice(1)) end();
    expect(frames.limit).toBe(16);
  });
});
