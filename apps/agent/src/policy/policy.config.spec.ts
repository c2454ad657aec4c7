// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { withCapabilities } from '../../fixtures/minimal-config.fixture.js';

describe('the configuration of policies', () => {
  it.each([
    ['a name that is a way out', { policies: { '../x': '' } }, 'policies["../x"]: invalid policy name "../x"'],
    [
      'a name that the store needs itself',
      { policies: { 'policies.json': '' } },
      'policies["policies.json"]: invalid policy name "policies.json": the store has a file',
    ],
    ['a destination that is a way out', { policies: { a: '/etc/../root/x' } }, 'policies.a: invalid destination'],
    ['a destination from nowhere', { policies: { a: 'rules.json' } }, 'policies.a: invalid destination'],
    ['a destination that is a folder', { policies: { a: '/etc/' } }, 'policies.a: invalid destination'],
    [
      'two policies for one file',
      { policies: { a: '/x', b: '/x' } },
      'policies.a: invalid destination "/x": another policy has it, too',
    ],
    ['no room for any', { maxBytes: 0 }, 'maxBytes: invalid size 0'],
    ['a key that is none', { publicKey: 'RWQ' }, 'publicKey: it is no public key of minisign'],
  ])('is refused with %s', (_, policy, message) => {
    const { warnings } = withCapabilities({ policy: { enable: true, ...policy } });
    expect(warnings[0]).toContain(`capabilities.policy.${message}`);
  });
});
