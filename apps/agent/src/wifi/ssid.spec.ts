// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { quotedSsid, ssidBytes, ssidNames, ssidText } from './ssid.js';

const latin1 = Buffer.from('Café Über', 'latin1');
/** "中文" in GBK. */
const gbk = Buffer.from([0xd6, 0xd0, 0xce, 0xc4]);

describe('an SSID as text', () => {
  it.each([
    ['UTF-8', Buffer.from('Café 中文 😀 1'), 'Café 中文 😀 1'],
    ['Latin-1', latin1, 'Caf\\xe9 \\xdcber'],
    ['GBK', gbk, '\\xd6\\xd0\\xce\\xc4'],
    ['32 bytes of 0xff', Buffer.alloc(32, 0xff), '\\xff'.repeat(32)],
    ['a character that is cut off', Buffer.from([0x61, 0xe4, 0xb8]), 'a\\xe4\\xb8'],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
    ['control sequences of terminals', Buffer.from('\x1b[2J\n'), '\\x1b[2J\\x0a'],
    ['C1 of UTF-8', Buffer.from('\u009b2J'), '\\xc2\\x9b2J'],
    ['characters that reorder text', Buffer.from('a\u202eb'), 'a\\xe2\\x80\\xaeb'],
    ['a text like an escape', Buffer.from('\\xfF'), '\\x5cxfF'],
    ['other backslashes', Buffer.from('C:\\x\\xg\\'), 'C:\\x\\xg\\'],
    ['U+FFFD itself', Buffer.from('\u{fffd}'), '\u{fffd}'],
    ['zeros among other bytes', Buffer.from('\0a'), '\\x00a'],
    ['hidden', Buffer.alloc(0), ''],
    ['only zeros, as of a hidden network', Buffer.alloc(8), ''],
  ])('is printable and keeps every byte: %s', (_, ssid, text) => {
    expect(ssidText(ssid)).toBe(text);
    if (text !== '') expect(ssidBytes(text)).toEqual(ssid);
  });

  const bytes = fc.uint8Array({ minLength: 1, maxLength: 32 }).map((array) => Buffer.from(array));
  /** Texts with many backslashes, `x` and hexadecimal digits. */
  const escapes = fc.stringMatching(/^[\\xfF0é]{1,16}$/).map((text) => Buffer.from(text));

  it('is parsed to the same bytes, for any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, escapes), (ssid) => {
        fc.pre(ssid.some((byte) => byte !== 0));
        expect(ssidBytes(ssidText(ssid))).toEqual(ssid);
        expect(ssidNames(ssidText(ssid))[0]).toBe(ssidText(ssid));
      }),
    );
  });

  it('is the SSID itself when that is printable UTF-8 without such escapes', () => {
    fc.assert(
      fc.property(bytes, (ssid) => {
        fc.pre(isUtf8(ssid) && !/[\p{Cc}\p{Bidi_Control}\u2028\u2029\\]/u.test(ssid.toString()));
        expect(ssidText(ssid)).toBe(ssid.toString());
      }),
    );
  });
});

describe('the name of a network in a request', () => {
  it.each([
    ['plain', 'home', ['home']],
    ['an escape', 'caf\\xe9', ['caf\\xe9', 'caf\\x5cxe9']],
    ['an unnecessary escape', 'caf\\xc3\\xa9', ['café', 'caf\\x5cxc3\\x5cxa9']],
    ['32 bytes of 0xff', '\\xff'.repeat(32), ['\\xff'.repeat(32)]],
    ['zeros, as hidden networks have', '\\x00', ['\\x5cx00']],
    ['zeros that are escaped', '\\x00'.repeat(9), []],
    ['too long', 'x'.repeat(33), []],
    ['empty', '', []],
  ])('may mean the listed SSID or the literal text, when it is %s', (_, text, names) => {
    expect(ssidNames(text)).toEqual(names);
  });

  it.each([
    ['Caf\\xe9 \\xdcber', '"Caf\\xe9 \\xdcber"'],
    ['caf\\xc3\\xa9', '"café"'],
    ['\\xff'.repeat(32), `"${'\\xff'.repeat(32)}"`],
    ['a\u001b[1m', '"a\\x1b[1m"'],
  ])('is shown in messages like in the list: %j', (name, shown) => {
    expect(quotedSsid(name)).toBe(shown);
  });
});
