// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { firstMismatch } from './argument-patterns.js';

const isMatch = (pattern: string, argument: string) => firstMismatch([pattern], [argument]) === undefined;

describe('a pattern', () => {
  it('matches only the same argument when it has no asterisk', () => {
    expect(isMatch('get', 'get')).toBe(true);
    for (const argument of ['Get', 'get ', 'get\n', 'gett', '']) expect(isMatch('get', argument)).toBe(false);
    expect(isMatch('', '')).toBe(true);
    expect(isMatch('a.c', 'abc')).toBe(false);
  });

  it('may contain asterisks anywhere, each of which matches any text or none', () => {
    for (const argument of ['a', 'a b', '$(reboot)', 'ä\n', '', 'a/b']) expect(isMatch('*', argument)).toBe(true);
    expect(isMatch('--level=*', '--level=')).toBe(true);
    expect(isMatch('--level=*', '--levels=3')).toBe(false);
    expect(isMatch('a*b*c', 'a1b2b3c')).toBe(true);
    expect(isMatch('a*b*c', 'acb')).toBe(false);
    expect(isMatch('ab*ba', 'aba')).toBe(false);
    for (const pattern of ['a*a*b', 'a*b*b']) expect(isMatch(pattern, 'ab')).toBe(false);
    expect(isMatch('*x*x*', 'axa')).toBe(false);
  });

  it('does not match an option by an asterisk at its beginning', () => {
    for (const argument of ['-', '-f', '--force']) expect(isMatch('*', argument)).toBe(false);
    expect(isMatch('--*', '--force')).toBe(true);
  });

  it('does not match a path that leads up by an asterisk', () => {
    for (const argument of ['/srv/..', '/srv/../etc/shadow', '/srv/a/../../etc'])
      expect(isMatch('/srv/*', argument)).toBe(false);
    for (const argument of ['..', '../a', 'file=../a']) expect(isMatch('*', argument)).toBe(false);
    for (const argument of ['/srv/a..b', '/srv/..a', '/srv/a..']) expect(isMatch('/srv/*', argument)).toBe(true);
  });

  it('searches for each of its parts once, even when a part occurs often', () => {
    const parts = 200;
    const { indexOf } = String.prototype;
    let searches = 0;
    const spy = jest.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, ...what) {
      if (++searches > parts) throw new Error('a part was looked for again');
      return indexOf.apply(this, what);
    });
    try {
      expect(isMatch(`${'a*'.repeat(parts)}b*`, 'a'.repeat(131_071))).toBe(false);
    } finally {
      spy.mockRestore();
    }
    expect(searches).toBe(parts);
  });
});

describe('patterns', () => {
  const update = ['cachix', '*', '--cache', '*', ['--token', '*'], ['--cachix-host', '*']];

  it('match exactly as many arguments as there are patterns', () => {
    expect(firstMismatch([], [])).toBeUndefined();
    expect(firstMismatch([], ['a'])).toBe(0);
    expect(firstMismatch(['a', '*'], ['a'])).toBe(1);
    expect(firstMismatch(['a', '*'], ['a', 'b', 'c'])).toBe(2);
  });

  it('may contain optional groups', () => {
    const pinned = ['cachix', 'pin', '--cache', 'ghaf'];
    for (const more of [[], ['--token', 't'], ['--cachix-host', 'h'], ['--token', 't', '--cachix-host', 'h']])
      expect(firstMismatch(update, [...pinned, ...more])).toBeUndefined();
    expect(firstMismatch(update, [...pinned, '--cachix-host', 'h', '--token', 't'])).toBe(6);
    expect(firstMismatch(update, [...pinned, '--token'])).toBe(5);
    expect(firstMismatch(update, [...pinned, '--store', '/tmp'])).toBe(4);
    expect(firstMismatch(update, ['cachix', '--help', '--cache', 'ghaf'])).toBe(1);
  });

  it('match the right group among those with the same beginning', () => {
    const patterns = [['-v'], ['-v', '-q'], 'end'];
    for (const args of [['end'], ['-v', 'end'], ['-v', '-q', 'end'], ['-v', '-v', '-q', 'end']])
      expect(firstMismatch(patterns, args)).toBeUndefined();
    expect(firstMismatch(patterns, ['-q', 'end'])).toBe(0);
  });

  it('are compared with each argument at most once, even when many of them are optional', () => {
    const [patterns, args] = [Array.from({ length: 64 }, () => ['-v']), [...Array<string>(63).fill('-v'), 'x']];
    let comparisons = 0;
    const counted = new Proxy(args, {
      get(target, key) {
        if (typeof key === 'symbol' || !/^\d+$/.test(key)) return Reflect.get(target, key) as unknown;
        // A comparison looks at an argument twice: for its existence and for its value.
        if (++comparisons > 2 * patterns.length * args.length) throw new Error('an argument was compared again');
        return target[Number(key)];
      },
    });
    expect(firstMismatch(patterns, counted)).toBe(63);
    expect(comparisons).toBeGreaterThan(0);
  });

  it('may end with "...", which matches any further arguments', () => {
    expect(firstMismatch(['...'], [])).toBeUndefined();
    expect(firstMismatch(['-l', '...'], ['-l', '--', '../..', ''])).toBeUndefined();
    expect(firstMismatch(['-l', '...'], ['-r'])).toBe(0);
  });
});
