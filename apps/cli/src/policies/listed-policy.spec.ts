// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { listedPolicy, policyTable } from './listed-policy.js';

const policy = {
  vm_name: 'net-vm',
  policy_name: 'firewall',
  wanted_sha256: 'aa',
  delivered_sha256: 'aa',
  delivery_error: '',
  source_error: '',
};

describe('the time at which a policy was delivered', () => {
  it.each([
    ['none', undefined, null],
    ['the beginning of 1970', 0, '1970-01-01T00:00:00.000Z'],
    ['the last millisecond that RFC 3339 has', 253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    ['after that', 253_402_300_800_000, null],
    ['beyond the dates of JavaScript', 8_640_000_000_000_001, null],
    ['the largest number', Number.MAX_SAFE_INTEGER, null],
  ])('is shown if RFC 3339 can express it: %s', (_, delivered_at_ms, time) => {
    const listed = listedPolicy({ ...policy, delivered_at_ms });
    expect(listed.delivered_at).toBe(time);
    expect(policyTable([listed], 0).rows[0]).toHaveLength(7);
  });
});
