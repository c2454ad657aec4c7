// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { unmarkVariables, withoutMark } from './byte-order-mark.js';

describe('a byte order mark', () => {
  it('is removed at the beginning of a text, and nowhere else', () => {
    expect(withoutMark('\ufeffa\ufeff')).toBe('a\ufeff');
    expect(withoutMark('a')).toBe('a');
    expect(withoutMark('\ufeff')).toBe('');
  });

  it('is removed from the name of a variable, unless another variable has that name', () => {
    const env = { '\ufeffTLS': 'true', '\ufeffNAME': 'marked', NAME: 'plain', PATH: '/bin' };
    unmarkVariables(env);
    expect(env).toEqual({ TLS: 'true', NAME: 'plain', PATH: '/bin' });
  });
});
