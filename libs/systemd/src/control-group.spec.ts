// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseStat } from './control-group.js';

describe('a process', () => {
  it('is counted by its times, its resident set and its threads, whatever its name contains', () => {
    const stat =
      '42 (a) b ( c) S 1 42 42 0 -1 4194304 1500 0 0 0 7 3 0 0 20 0 5 0 100 9961472 250 18446744073709551615 1 1 0';
    expect(parseStat(stat)).toEqual({ cpuNsec: 100_000_000n, residentBytes: 250 * 4096, tasks: 5 });
  });
});
