// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { RejectionLimit } from './rejection-limit.js';

describe('the limit of recorded rejections', () => {
  it('records a burst of each peer, then a note that more follow, then their number', () => {
    const limit = new RejectionLimit();
    const verdicts = Array.from({ length: 60 }, () => limit.take('net-vm', 0));
    expect(verdicts.filter(({ recorded }) => recorded)).toHaveLength(50);
    expect(verdicts[49]).toEqual({ recorded: true, suppressing: true });
    expect(limit.take('gui-vm', 0)).toEqual({ recorded: true });
    expect(limit.take('net-vm', 200)).toEqual({ recorded: true, suppressed: 10, suppressing: true });
    expect(limit.take('net-vm', 10_200)).toEqual({ recorded: true });
  });

  it('records five a second after the burst, and no more than the burst after a pause', () => {
    const limit = new RejectionLimit();
    for (let n = 0; n < 50; n++) limit.take('net-vm', 1_000);
    expect(limit.take('net-vm', 1_199)).toEqual({ recorded: false });
    expect(limit.take('net-vm', 1_200)).toEqual({ recorded: true, suppressed: 1, suppressing: true });
    expect(limit.take('net-vm', 1_600)).toEqual({ recorded: true });
    const later = Array.from({ length: 60 }, () => limit.take('net-vm', 1_000_000));
    expect(later.filter(({ recorded }) => recorded)).toHaveLength(50);
  });

  it('forgets the peers that were quiet the longest, so that it does not grow', () => {
    const limit = new RejectionLimit();
    for (let n = 0; n < 60; n++) limit.take('first', 0);
    expect(limit.take('first', 0).recorded).toBe(false);
    for (let n = 0; n < 1_023; n++) limit.take(`peer ${n}`, 0);
    expect(limit.take('first', 0).recorded).toBe(false);
    for (let n = 0; n < 1_023; n++) limit.take(`another ${n}`, 0);
    expect(limit.take('first', 0).recorded).toBe(false);
    for (let n = 0; n < 1_024; n++) limit.take(`one more ${n}`, 0);
    expect(limit.take('first', 0).recorded).toBe(true);
  });
});
