// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import { parseRepository } from './repository-url.js';
import { parseWebUrl } from './web-url.js';

const messageFrom = (parse: () => unknown): string => {
  try {
    parse();
    return '';
  } catch (error) {
    return messageOf(error);
  }
};

describe('a mistyped URL', () => {
  it.each([
    'htps://user:secret@example.org/p',
    'https://user:secret@exa mple',
    'user:secret@',
    'secret@example.org/p',
    'https:user:secret@[x]/',
  ])('is shown without its password: %s', (value) => {
    const messages = [() => parseRepository('url', value), () => parseWebUrl('url', value)].map(messageFrom);
    for (const message of messages) {
      expect(message).toMatch(/^url: /);
      expect(message).not.toContain('secret');
    }
  });

  it('is shown unchanged when it has no password', () => {
    expect(() => parseRepository('url', 'htps://example.org/p')).toThrow('invalid repository "htps://example.org/p"');
    expect(() => parseWebUrl('url', 'ftp://example.org/@x')).toThrow('invalid URL "ftp:…@x"');
  });
});
