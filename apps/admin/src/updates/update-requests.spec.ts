// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import { parseSetGeneration } from './update-requests.js';

const cachix = (more: Partial<admin.Cachix>): admin.SetGenerationRequest => ({
  Update: { $case: 'Cachix', value: { Pin: 'pin', Cache: 'ghaf-dev', ...more } },
});

describe('a request for an update', () => {
  it('treats empty fields as missing', () => {
    expect(parseSetGeneration(cachix({ Token: '', CachixHost: '' }))).toEqual({
      pin: 'pin',
      cache: 'ghaf-dev',
      token: undefined,
      cachixHost: undefined,
    });
  });

  it('is parsed into the name of the update', () => {
    expect(() => parseSetGeneration({ Update: undefined })).toThrow('Update: required');
  });

  it.each<[string, Partial<admin.Cachix>]>([
    ['Cachix.Pin: required', { Pin: '' }],
    ['Cachix.Pin: unexpected "-" at the beginning', { Pin: '--help' }],
    ['Cachix.Pin: too long: expected at most 256 characters', { Pin: 'a'.repeat(257) }],
    ['Cachix.Cache: required', { Cache: '' }],
    ['Cachix.Cache: expected printable ASCII without spaces', { Cache: 'a\nb' }],
    ['Cachix.Token: unexpected "-" at the beginning', { Token: '-secret' }],
    ['Cachix.Token: expected printable ASCII without spaces', { Token: 'secret\0' }],
    ['Cachix.CachixHost: expected printable ASCII without spaces', { CachixHost: 'http://a b' }],
  ])('is rejected with the name of the invalid field, without its value: %s', (message, more) => {
    const parse = () => parseSetGeneration(cachix(more));
    expect(parse).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('secret');
  });
});
