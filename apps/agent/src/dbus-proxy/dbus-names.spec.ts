// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { GivcError } from '@givc/model';
import { parseBus, parseBusNames, parseBusRule, parseSocketPath } from './dbus-names.js';

describe('names on a bus', () => {
  it.each(['org.freedesktop.UPower', 'org.freedesktop.*', 'ca.desrt.dconf', 'org.foo-bar._x'])(
    'accepts the bus name %s',
    (name) => {
      expect(parseBusNames('talk', name)).toBe(name);
    },
  );

  it.each(
    [
      [
        '',
        '*',
        'org',
        'org.*',
        ':1.42',
        'org..x',
        'org.1x',
        '.org.x',
        'org.x.',
        'org.x.*.y',
        'org.x*',
        'a.b\n',
        ' a.b',
      ],
      ['a.b --own=c.d', 'a.b=*', 'a.b\0', '--own=a.b', `a.${'b'.repeat(254)}`],
    ].flat(),
  )('are rejected when they are %j', (name) => {
    expect(() => parseBusNames('talk', name)).toThrow(/^talk: invalid bus name /);
  });
});

describe('a rule', () => {
  it.each([
    'org.freedesktop.UPower=*',
    'org.freedesktop.UPower=org.freedesktop.UPower.EnumerateDevices',
    'org.freedesktop.portal.*=org.freedesktop.portal.*@/org/freedesktop/portal/*',
    'org.freedesktop.portal.*=@/org/freedesktop/portal',
    'org.freedesktop.timedate1=*@/',
    'org.freedesktop.timedate1=*@/*',
  ])('accepts the rule %s', (rule) => {
    expect(parseBusRule('call', rule)).toBe(rule);
  });

  it.each([
    ['org.a', 'invalid rule'],
    ['*=*', 'invalid bus name'],
    [':1.2=*', 'invalid bus name'],
    ['org.a=', 'expected a method or a path'],
    ['org.a=Method', 'invalid method'],
    ['org.a=org.*.b', 'invalid method'],
    ['org.a=org.b-c', 'invalid method'],
    ['org.a=* --own=org.b', 'invalid method'],
    ['org.a=*@', 'invalid object path'],
    ['org.a=*@a', 'invalid object path'],
    ['org.a=*@/a/', 'invalid object path'],
    ['org.a=*@/a//b', 'invalid object path'],
    ['org.a=*@/a*', 'invalid object path'],
    ['org.a=*@/a@/b', 'invalid object path'],
    ['org.a=*@/a\n', 'invalid object path'],
  ])('is never %j: %s', (rule, why) => {
    expect(() => parseBusRule('call', rule)).toThrow(why);
  });

  it('has no white space and begins with a name, or is rejected, for random text', () => {
    const pieces = fc.constantFrom('org.a', '.b', '.*', '=', '@', '/', '*', '-', ' ', '\n', '\0', '_', '9', 'é', '..');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), (some) => {
        try {
          expect(parseBusRule('call', some.join(''))).toMatch(/^[\w-]+(\.[\w-]+)+(\.\*)?=[\w.*/@]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(GivcError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a bus', () => {
  it('is the system bus, the session bus, or a socket', () => {
    expect(parseBus('bus', 'system')).toBe('system');
    expect(parseBus('bus', 'session')).toBe('session');
    expect(parseBus('bus', 'unix:path=/run/user/1000/at-spi/bus_0')).toEqual({ path: '/run/user/1000/at-spi/bus_0' });
  });

  it.each([
    'user',
    '--fd=3',
    'unixexec:path=/bin/sh',
    'tcp:host=localhost,port=1',
    'unix:abstract=/tmp/x',
    'unix:path=/run/a;unixexec:path=/bin/sh',
    'unix:path=/run/a,guid=0',
    'unix:path=/run/%41',
    'unix:path=bus',
  ])('is rejected when it is %s', (address) => {
    expect(() => parseBus('bus', address)).toThrow(/^bus: /);
  });
});

describe('the path of a socket', () => {
  it.each(['/tmp/.dbusproxy.sock', '/run/user/1000/bus', '/run/a@b/c+d~e'])('accepts the socket path %s', (path) => {
    expect(parseSocketPath('socket', path)).toBe(path);
  });

  it.each(
    [
      [
        '',
        '/',
        '/sock',
        'run/sock',
        './a/b',
        '/run/../etc/x',
        '/run/./x',
        '/run//x',
        '/run/x/',
        '/run/a b',
        '/run/a:b',
      ],
      ['/run/a,b', '/run/%t', '/run/x\n', '/run/x\0', `/run/${'x'.repeat(103)}`],
    ].flat(),
  )('is rejected when it is %j', (path) => {
    expect(() => parseSocketPath('socket', path)).toThrow(/^socket: invalid socket /);
  });
});
