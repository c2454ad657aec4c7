import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ApplicationName } from '@givc/model';
import type { ArgumentKind } from '../config/capabilities.js';
import { checkArguments } from './arguments.js';

let root = '';
const shared = (...names: string[]): string => join(root, 'shared', ...names);

const check = (kinds: ArgumentKind[], ...args: string[]): Promise<string[]> =>
  checkArguments({ name: 'chromium' as ApplicationName, args: kinds, directories: [shared(), '/nonexistent'] }, args);
const accepted = (kinds: ArgumentKind[], ...args: string[]) => expect(check(kinds, ...args)).resolves.toEqual(args);
const refused = (kinds: ArgumentKind[], arg: string, message: string | RegExp = 'Args[0]: ') =>
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
  it.each(['-x', '-1', '--incognito', '--long-name', '--x_y'])('may be %s', (arg) => accepted(['flag'], arg));

  it.each(['', '-', '--', '---x', '-xy', '--a=b', '-x ', 'x', '--a b', '--$HOME', '-x\n'])('is not %j', (arg) =>
    refused(['flag'], arg),
  );

  it('is nothing that could carry a value', async () => {
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
    'HTTPS://EXAMPLE.com/',
    'element://vector/webapp/#/login',
    'io.element.desktop:/a',
  ])('may be %s', (arg) => accepted(['url'], arg));

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
    'element://user@host/',
    '--https://example.com',
  ])('is not %j', (arg) => refused(['url'], arg));
});

describe('a file', () => {
  it('is an existing one inside a directory, and arrives without symlinks', async () => {
    await accepted(['file'], shared('a b.txt'), shared('folder', 'c'));
    await expect(check(['file'], shared('inside'), shared('up', 'shared', 'a b.txt'))).resolves.toEqual([
      shared('folder', 'c'),
      shared('a b.txt'),
    ]);
  });

  it('does not leave the directory, whatever its path looks like', async () => {
    for (const arg of [
      shared('outside'),
      shared('up', 'secret'),
      `${shared()}/../secret`,
      join(root, 'shared-not', 'd'),
      '/etc/passwd',
    ])
      await refused(['file'], arg, /^Args\[0\]: .* is not the absolute path of a file inside a shared directory$/);
  });

  it('is no directory, nothing that is missing and no relative path', async () => {
    for (const arg of [shared(), shared('folder'), shared('none'), shared('dangling'), 'a b.txt', './a', ''])
      await refused(['file'], arg);
  });
});

describe('arguments', () => {
  it('fit one of the declared kinds each, in their order', () =>
    accepted(['url', 'flag', 'file'], '--new-window', shared('a b.txt'), 'https://example.com'));

  it('are named when they are refused', async () => {
    await expect(check(['flag'], '-x', 'y')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'Args[1]: "y" is not a flag such as "-x" or "--long-name"',
    });
  });

  it('are not taken by an application that declares none', async () => {
    await accepted([]);
    await refused([], '-x', 'Args[0]: application "chromium" takes no arguments');
  });

  it('are bounded in number and length', async () => {
    await expect(check(['flag'], ...Array<string>(257).fill('-x'))).rejects.toThrow('Args: at most 256');
    await refused(['url'], `https://example.com/${'a'.repeat(131_071)}`, 'Args[0]: an argument has at most');
  });
});
