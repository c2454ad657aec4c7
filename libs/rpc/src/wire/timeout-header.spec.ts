// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { formatTimeout, parseTimeout } from './timeout-header.js';

describe('the time of a call in its header', () => {
  it.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3_000],
    ['250m', 250],
    ['1500u', 1.5],
    ['99999999n', 99.999999],
    ['0m', 0],
  ])('%s is %d ms', (header, ms) => {
    expect(parseTimeout(header)).toBeCloseTo(ms, 9);
  });

  it.each(['', '1', 'm', '-1m', '1.5S', '123456789m', '1 m', '1h', '1ms'])('is absent in %j', (header) => {
    expect(parseTimeout(header)).toBeUndefined();
  });

  it('is rounded up by at most one unit, in the form of the specification', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e14, noNaN: true }), (ms) => {
        const header = formatTimeout(ms);
        expect(header).toMatch(/^[0-9]{1,8}[HMSm]$/);
        const read = parseTimeout(header)!;
        expect(read).toBeGreaterThanOrEqual(ms);
        expect(read).toBeLessThan(ms < 9e7 ? ms + 1.001 : ms * 1.1);
      }),
    );
  });

  it('is cut to the range of the header', () => {
    expect([formatTimeout(Infinity), formatTimeout(-5)]).toEqual(['99999999H', '0m']);
  });
});
