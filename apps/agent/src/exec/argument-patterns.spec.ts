import { firstMismatch } from './argument-patterns.js';

const isTaken = (pattern: string, argument: string) => firstMismatch([pattern], [argument]) === undefined;

describe('a pattern', () => {
  it('without an asterisk is the argument itself', () => {
    expect(isTaken('get', 'get')).toBe(true);
    for (const argument of ['Get', 'get ', 'get\n', 'gett', '']) expect(isTaken('get', argument)).toBe(false);
    expect(isTaken('', '')).toBe(true);
    expect(isTaken('a.c', 'abc')).toBe(false);
  });

  it('has an asterisk for any text, even none, and as often as it likes', () => {
    for (const argument of ['a', 'a b', '$(reboot)', 'ä\n', '', 'a/b']) expect(isTaken('*', argument)).toBe(true);
    expect(isTaken('--level=*', '--level=')).toBe(true);
    expect(isTaken('--level=*', '--levels=3')).toBe(false);
    expect(isTaken('a*b*c', 'a1b2b3c')).toBe(true);
    expect(isTaken('a*b*c', 'acb')).toBe(false);
    expect(isTaken('ab*ba', 'aba')).toBe(false);
    for (const pattern of ['a*a*b', 'a*b*b']) expect(isTaken(pattern, 'ab')).toBe(false);
    expect(isTaken('*x*x*', 'axa')).toBe(false);
  });

  it('that begins with an asterisk takes no option', () => {
    for (const argument of ['-', '-f', '--force']) expect(isTaken('*', argument)).toBe(false);
    expect(isTaken('--*', '--force')).toBe(true);
  });

  it('with an asterisk takes no path that leads up', () => {
    for (const argument of ['/srv/..', '/srv/../etc/shadow', '/srv/a/../../etc'])
      expect(isTaken('/srv/*', argument)).toBe(false);
    for (const argument of ['..', '../a', 'file=../a']) expect(isTaken('*', argument)).toBe(false);
    for (const argument of ['/srv/a..b', '/srv/..a', '/srv/a..']) expect(isTaken('/srv/*', argument)).toBe(true);
  });

  it('has each of its parts looked for once, also where a part could stand in many places', () => {
    const parts = 200;
    const { indexOf } = String.prototype;
    let searches = 0;
    const spy = jest.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, ...what) {
      if (++searches > parts) throw new Error('a part was looked for again');
      return indexOf.apply(this, what);
    });
    try {
      expect(isTaken(`${'a*'.repeat(parts)}b*`, 'a'.repeat(131_071))).toBe(false);
    } finally {
      spy.mockRestore();
    }
    expect(searches).toBe(parts);
  });
});

describe('patterns', () => {
  const update = ['cachix', '*', '--cache', '*', ['--token', '*'], ['--cachix-host', '*']];

  it('want as many arguments as they are', () => {
    expect(firstMismatch([], [])).toBeUndefined();
    expect(firstMismatch([], ['a'])).toBe(0);
    expect(firstMismatch(['a', '*'], ['a'])).toBe(1);
    expect(firstMismatch(['a', '*'], ['a', 'b', 'c'])).toBe(2);
  });

  it('have groups that may be missing', () => {
    const pinned = ['cachix', 'pin', '--cache', 'ghaf'];
    for (const more of [[], ['--token', 't'], ['--cachix-host', 'h'], ['--token', 't', '--cachix-host', 'h']])
      expect(firstMismatch(update, [...pinned, ...more])).toBeUndefined();
    expect(firstMismatch(update, [...pinned, '--cachix-host', 'h', '--token', 't'])).toBe(6);
    expect(firstMismatch(update, [...pinned, '--token'])).toBe(5);
    expect(firstMismatch(update, [...pinned, '--store', '/tmp'])).toBe(4);
    expect(firstMismatch(update, ['cachix', '--help', '--cache', 'ghaf'])).toBe(1);
  });

  it('find the group that is meant among those that begin alike', () => {
    const patterns = [['-v'], ['-v', '-q'], 'end'];
    for (const args of [['end'], ['-v', 'end'], ['-v', '-q', 'end'], ['-v', '-v', '-q', 'end']])
      expect(firstMismatch(patterns, args)).toBeUndefined();
    expect(firstMismatch(patterns, ['-q', 'end'])).toBe(0);
  });

  it('are compared with each argument at most once, also when many of them may be missing', () => {
    const [patterns, args] = [Array.from({ length: 64 }, () => ['-v']), [...Array<string>(63).fill('-v'), 'x']];
    let comparisons = 0;
    const counted = new Proxy(args, {
      get(target, key) {
        if (typeof key === 'symbol' || !/^\d+$/.test(key)) return Reflect.get(target, key) as unknown;
        // An argument is looked at twice when it is compared: whether it is there, and what it is.
        if (++comparisons > 2 * patterns.length * args.length) throw new Error('an argument was compared again');
        return target[Number(key)];
      },
    });
    expect(firstMismatch(patterns, counted)).toBe(63);
    expect(comparisons).toBeGreaterThan(0);
  });

  it('end with dots for whatever else there is', () => {
    expect(firstMismatch(['...'], [])).toBeUndefined();
    expect(firstMismatch(['-l', '...'], ['-l', '--', '../..', ''])).toBeUndefined();
    expect(firstMismatch(['-l', '...'], ['-r'])).toBe(0);
  });
});
