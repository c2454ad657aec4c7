// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ApplicationName, GivcError } from '@givc/model';
import type { ArgumentKind } from './applications.config.js';
import { checkArguments } from './arguments.js';

let root = '';
const shared = (...names: string[]): string => join(root, 'shared', ...names);

const check = async (kinds: ArgumentKind[], ...args: string[]): Promise<readonly string[]> => {
  const application = { name: 'chromium' as ApplicationName, args: kinds, directories: [shared(), '/nonexistent'] };
  const checked = await checkArguments(application, args);
  await checked.close();
  return checked.values;
};
const accepted = (kinds: ArgumentKind[], ...args: string[]) => expect(check(kinds, ...args)).resolves.toEqual(args);
const rejected = (kinds: ArgumentKind[], arg: string, message: string | RegExp = 'Args[0]: ') =>
  expect(check(kinds, arg)).rejects.toThrow(message);

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'arguments-')));
  mkdirSync(shared('folder'), { recursive: true });
  mkdirSync(join(root, 'shared-not'));
  for (const file of ['shared/a b.txt', 'shared/folder/c', 'shared-not/d', 'secret'])
    writeFileSync(join(root, file), '');
  symlinkSync(shared('folder', 'c'), shared('inside'));
  symlinkSync(join(root, 'secret'), shared('outside'));
  symlinkSync(root, shared('up'));
  symlinkSync(shared('nothing'), shared('dangling'));
});

afterAll(() => rmSync(root, { recursive: true }));

describe('a flag', () => {
  it.each(['-x', '-1', '--incognito', '--long-name', '--x_y'])('accepts the flag %s', (arg) => accepted(['flag'], arg));

  it.each(['', '-', '--', '---x', '-xy', '--a=b', '-x ', 'x', '--a b', '--$HOME', '-x\n'])(
    'is rejected when it is %j',
    (arg) => rejected(['flag'], arg),
  );

  it('is rejected with characters that could carry a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const kept = await check(['flag'], `--${text}`).catch(() => []);
        expect(kept.every((arg) => /^--[A-Za-z0-9_-]+$/.test(arg))).toBe(true);
      }),
    );
  });
});

describe('a URL', () => {
  it.each([
    'https://example.com',
    'http://127.0.0.1:8080/a?b=c@d#e@f',
    'https://[2001:db8::1]/',
    'http://com.google.Chrome',
    'HTTPS://Example.com/Path',
    'https://example.com?Query=A',
    'https://example.com#Fragment',
    'https://xn--bcher-kva.example/%C3%BC',
    'element://vector/webapp/#/login',
    'io.element.desktop:/a',
  ])('accepts the URL %s, and passes it on unchanged', (arg) => accepted(['url'], arg));

  it.each([
    '',
    'example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ftp://example.com',
    'https:example.com',
    'https://',
    'https://user@example.com',
    'https://user:pw@example.com',
    'https://@example.com',
    'https:\\\\user@example.com',
    'https://example.com\\@evil.com',
    ' https://example.com',
    'https://exam\nple.com',
    'https://example.com/a b',
    'https:///example.com',
    'https://a\uff20example.com',
    'https://example%40example.com',
    'https://example.com:65536',
    'https://[::1',
    'element://user@host/',
    '--https://example.com',
    'https://example.com/\0',
  ])('is rejected when it is %j', (arg) => rejected(['url'], arg));

  it.each([
    ['https://example.com:443/', 'https://example.com/'],
    ['https://0x7f.1/', 'https://127.0.0.1/'],
    ['https://2130706433/', 'https://127.0.0.1/'],
    ['https://[0:0::1]/', 'https://[::1]/'],
    ['https://%65xample.com/', 'https://example.com/'],
    ['https://\uff45xample\u3002com/', 'https://example.com/'],
    ['https://bücher.example/ü', 'https://xn--bcher-kva.example/%C3%BC'],
    ['https://example.com/a/../b', 'https://example.com/b'],
    ['io.element.desktop:/ü', 'io.element.desktop:/%C3%BC'],
  ])('is rejected when it is %s, with the equivalent %s in the error', (arg, usual) =>
    rejected(['url'], arg, `write ${JSON.stringify(usual)}`),
  );

  const urlLike = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary' }).map((text) => `https://${text}`),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...['https:', 'http:', 'element:', 'io.element.desktop:', '/', '//', '@', ':', '[', ']', '\\', '%', '%40'],
            ...['.', '..', '?', '#', '-', '--', '\uff0f', '\uff20', '\u3002', '\u00ad', 'xn--', '0x7f.1', '65536', '&'],
          ),
          fc.string({ maxLength: 5 }),
          fc.string({ unit: 'grapheme', maxLength: 5 }),
        ),
      )
      .map((parts) => parts.join('')),
  );

  it('is passed on unchanged, and is ASCII without user info that no program reads as an option', async () => {
    await fc.assert(
      fc.asyncProperty(urlLike, async (arg) => {
        const [kept] = await check(['url'], arg).catch(() => []);
        if (kept === undefined) return;
        const { href, protocol, username, password, host } = new URL(kept);
        expect(kept).toBe(arg);
        // Only the case of scheme and host and an empty path may differ.
        const usual = kept.toLowerCase();
        expect([usual, `${usual}/`, usual.replace(/[?#]/, '/$&')]).toContain(href.toLowerCase());
        expect(kept).toMatch(/^[A-Za-z.]+:[\x21-\x7e]*$/);
        expect(['http:', 'https:', 'element:', 'io.element.desktop:']).toContain(protocol);
        expect(username + password).toBe('');
        if (protocol.startsWith('http')) expect(kept).toMatch(/^https?:\/\/[^/?#@\\]/i);
        expect(kept.toLowerCase()).toContain(host);
        await accepted(['url'], kept);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a file', () => {
  it('is accepted when it exists inside a directory, and passed on without symlinks', async () => {
    await accepted(['file'], shared('a b.txt'), shared('folder', 'c'));
    await expect(check(['file'], shared('inside'), shared('up', 'shared', 'a b.txt'))).resolves.toEqual([
      shared('folder', 'c'),
      shared('a b.txt'),
    ]);
  });

  it('is rejected when it is outside the directory, whatever its path looks like', async () => {
    for (const arg of [
      shared('outside'),
      shared('up', 'secret'),
      `${shared()}/../secret`,
      join(root, 'shared-not', 'd'),
      '/etc/passwd',
    ])
      await rejected(['file'], arg, /^Args\[0\]: .* is not the absolute path of a file inside a shared directory$/);
  });

  it('is found by any path, and passed on by its real path', async () => {
    const long = `${shared()}${'/.'.repeat((4095 - shared('a b.txt').length) / 2)}/a b.txt`;
    await expect(check(['file'], long, `${shared('folder')}/../a b.txt`)).resolves.toEqual([
      shared('a b.txt'),
      shared('a b.txt'),
    ]);
    await rejected(['file'], `/${long}/`);
    await rejected(['file'], `${shared('a b.txt')}/`);
  });

  it('is rejected when it is a directory, missing or a relative path', async () => {
    for (const arg of [shared(), shared('folder'), shared('none'), shared('dangling'), 'a b.txt', './a', ''])
      await rejected(['file'], arg);
  });
});

describe('arguments', () => {
  it('are always of a declared kind: a flag, a URL or a file in a shared directory', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        ...['-', '--', '/', '..', '.', root, shared(), 'a b.txt', 'secret', 'outside', 'https:', '\0', '\n'],
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const arg = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part).map((parts) => parts.join('/')),
      fc.array(part).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(arg, { maxLength: 4 }), async (args) => {
        const kept = await check(['flag', 'url', 'file'], ...args).catch((error: GivcError) => {
          expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT' });
          expect(error.message).toMatch(/^Args\[\d\]: \P{Cc}+$/u);
          return [];
        });
        for (const text of kept) {
          expect(text).not.toMatch(/\p{Cc}/u);
          if (text.startsWith('/')) expect(text.startsWith(`${shared()}/`)).toBe(true);
          else expect(text).toMatch(/^(-[A-Za-z0-9]|--[A-Za-z0-9][A-Za-z0-9_-]*|[a-z.]+:[\x21-\x7e]*)$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are accepted in their order if each matches one of the declared kinds', () =>
    accepted(['url', 'flag', 'file'], '--new-window', shared('a b.txt'), 'https://example.com'));

  it('are named in the error when they are rejected', async () => {
    await expect(check(['flag'], '-x', 'y')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'Args[1]: "y" is not a flag such as "-x" or "--long-name"',
    });
  });

  it('are rejected for an application that declares none', async () => {
    await accepted([]);
    await rejected([], '-x', 'Args[0]: application "chromium" takes no arguments');
  });

  it('are bounded in number and length', async () => {
    await expect(check(['flag'], ...Array<string>(257).fill('-x'))).rejects.toThrow('Args: at most 256');
    await rejected(['url'], `https://example.com/${'a'.repeat(131_071)}`, 'Args[0]: an argument has at most');
  });
});
