// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { parseMinisignKey, verifyMinisign } from './minisign.js';

// All of this was made by minisign 0.11.
const key = parseMinisignKey('publicKey', 'RWQYCUIbG+ABI9o1k/XAB/sa+jETBXDIAdeI3GyIYIxUdgQOM5b71XL7');
const policy = '{"allow":["https"]}\n';
const lines = [
  'untrusted comment: signature from minisign secret key',
  'RUQYCUIbG+ABI321GBxPHKRhMAZViS2OaIS4g0EOxFYUJcujE2e41hVod1vgSbxqAUtz65VIUDd6uOj1Y4cu70hcvK6PKZoQdg4=',
  'trusted comment: policy:firewall 2026-11-24',
  'wFe5mWN3j2YtYSMVyRDzzZrx7vSPVybNg/FVgL9KCX1G/QrNp/P1h8bGHYMu2gGN997/QtLGrVuh013YWL0DDg==',
];
const legacy = [
  'untrusted comment: signature from minisign secret key',
  'RWQYCUIbG+ABIyUhLBg8e1EKZf2nonnJKx4jtE2Hw6UBzhd0S110sCdgv+q9U7UylSDXZOLSwC3UHWbnDIy5BqzhMCj7lIh77QI=',
  'trusted comment: legacy',
  'sJf9n6QXjGx0rcvGGVFlg3I1TkLnkTPvNKnf/od4oBFGRyv+ZBTJ5KkSp9Xw4G8s1juOyXPsOUVP0S71akgTDA==',
];
const digestOf = (text: string) => createHash('blake2b512').update(text).digest();
const text = (of: readonly string[]) => `${of.join('\n')}\n`;
const changed = (at: number, line: string) => text(lines.map((old, index) => (index === at ? line : old)));

describe('a signature of minisign', () => {
  it('is valid if it was made with the key, and returns its trusted comment', () => {
    expect(verifyMinisign(key, text(lines), digestOf(policy))).toBe('policy:firewall 2026-11-24');
  });

  it('may lack the last newline, and may have line ends of Windows and any untrusted comment', () => {
    for (const good of [lines.join('\n'), lines.join('\r\n'), changed(0, 'untrusted comment: ')])
      expect(verifyMinisign(key, good, digestOf(policy))).toBe('policy:firewall 2026-11-24');
  });

  it.each([
    ['empty', '', /does not have the format of minisign/],
    ['cut in half', text(lines.slice(0, 2)), /does not have the format of minisign/],
    ['base64 with superfluous padding', changed(1, `${lines[1]}=`), /does not have the format of minisign/],
    ['in the old format without a digest', text(legacy), /minisign -S -H/],
    ['made with another key', changed(1, lines[1]!.replace('RUQYC', 'RUQYD')), /key 2301E01B1B420D18 has signed it/],
    ['changed', changed(1, lines[1]!.replace('321GB', '321GC')), /of something else/],
    ['below another trusted comment', changed(2, 'trusted comment: policy:browser 2026-11-24'), /trusted comment/],
    ['followed by a line', `${text(lines)}more\n`, /does not have the format of minisign/],
    ['preceded by a line', `more\n${text(lines)}`, /does not have the format of minisign/],
  ])('is rejected when it is %s', (_, signature, message) => {
    expect(() => verifyMinisign(key, signature, digestOf(policy))).toThrow(message);
  });

  it('is rejected for a content that was not signed', () => {
    expect(() => verifyMinisign(key, text(lines), digestOf(`${policy} `))).toThrow(/of something else/);
  });
});

describe('a public key', () => {
  it.each(['', 'RWQ', 'untrusted comment: minisign public key', 'A'.repeat(56), `${'RWQ'.padEnd(57, 'A')}`])(
    'is rejected when it is %j',
    (value) => expect(() => parseMinisignKey('publicKey', value)).toThrow(/^publicKey: invalid public key: /),
  );
});
