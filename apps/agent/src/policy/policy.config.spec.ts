// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { withCapabilities } from '../../fixtures/minimal-config.fixture.js';

describe('the configuration of policies', () => {
  it.each([
    ['a name that leaves the folder', { policies: { '../x': '' } }, 'policies["../x"]: invalid policy name "../x"'],
    [
      'a name that the store uses',
      { policies: { 'policies.json': '' } },
      'policies["policies.json"]: invalid policy name "policies.json": the store has a file',
    ],
    ['a destination that leaves its folder', { policies: { a: '/etc/../root/x' } }, 'policies.a: invalid destination'],
    ['a relative destination', { policies: { a: 'rules.json' } }, 'policies.a: invalid destination'],
    ['a destination that ends as a folder', { policies: { a: '/etc/' } }, 'policies.a: invalid destination'],
    [
      'two policies with one destination',
      { policies: { a: '/x', b: '/x' } },
      'policies.a: invalid destination "/x": another policy has it, too',
    ],
    ['a size limit of 0', { maxBytes: 0 }, 'maxBytes: invalid size 0'],
    ['an invalid key', { publicKey: 'RWQ' }, 'publicKey: invalid public key: expected'],
  ])('is rejected with %s', (_, policy, message) => {
    const { warnings } = withCapabilities({ policy: { enable: true, ...policy } });
    expect(warnings[0]).toContain(`capabilities.policy.${message}`);
  });
});
