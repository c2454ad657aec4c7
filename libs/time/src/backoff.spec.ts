// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Backoff } from './backoff.js';

const take = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

describe('a backoff', () => {
  it('doubles from the first pause to the last, even after very many failures', () => {
    const backoff = new Backoff({ firstMs: 500, lastMs: 3_000 });
    expect(take(backoff, 5)).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
    expect(take(backoff, 2_000).at(-1)).toBe(3_000);
  });

  it('begins again after a success', () => {
    const backoff = new Backoff({ firstMs: 500, lastMs: 3_000 });
    take(backoff, 3);
    backoff.reset();
    expect(take(backoff, 2)).toEqual([500, 1_000]);
  });

  it('has no pause after the first failure when the next attempt is made at once', () => {
    const backoff = new Backoff({ firstMs: 500, lastMs: 3_000, atOnce: true });
    expect(take(backoff, 5)).toEqual([0, 500, 1_000, 2_000, 3_000]);
    backoff.reset();
    expect(take(backoff, 2)).toEqual([0, 500]);
  });
});
