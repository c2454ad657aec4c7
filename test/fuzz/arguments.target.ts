// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApplicationName } from '@givc/model';
import { checkArguments } from '../../apps/agent/src/applications/arguments.js';
import { applicationEnvironment } from '../../apps/agent/src/applications/application-environment.js';
import type { ArgumentPattern } from '../../apps/agent/src/exec/exec.config.js';
import { firstMismatch } from '../../apps/agent/src/exec/argument-patterns.js';
import { unmarkVariables } from '@givc/config';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const args = [
  'https://example.org/',
  'http://com.google.Chrome',
  'element://x',
  'io.element.desktop:/y?z#w',
  '--new-window',
  '-x',
  '/proc/self/cmdline',
  'https://user@example.org/',
  'https://[::1]:8080/a?b=c',
  'HTTPS://EXAMPLE.org/%41',
  '/etc/passwd',
];
const words = ['https:', '//', '@', '%2f', '..', '--', '-', '=', '\\', ':', '?', '#', '0x7f.1', 'xn--', 'ａ'];

export const applicationArguments = target({
  name: 'application-arguments',
  parses: 'checkArguments of apps/agent: the arguments with which a caller starts an application',
  input: fc.array(texts(args, words), { maxLength: 4 }),
  pump: { seeds: args, input: (text) => [text] },
  parse: async (all) => {
    const application = {
      name: 'chromium' as ApplicationName,
      args: ['url', 'flag', 'file'] as ('url' | 'flag' | 'file')[],
      directories: ['/nonexistent'],
    };
    const checked = await checkArguments(application, all);
    try {
      return checked.values;
    } finally {
      await checked.close();
    }
  },
  accepted: (accepted, all) => {
    assert.deepEqual(accepted, all);
    for (const arg of accepted) {
      assert.doesNotMatch(arg, /[\s\p{Cc}\\]/u);
      if (arg.startsWith('-')) {
        assert.match(arg, /^(-[A-Za-z0-9]|--[A-Za-z0-9_-]+)$/);
        continue;
      }
      const { protocol, username, password } = new URL(arg);
      assert(['http:', 'https:', 'element:', 'io.element.desktop:'].includes(protocol), protocol);
      assert.deepEqual([username, password], ['', '']);
    }
  },
});

type Patterns = readonly ArgumentPattern[];

/** Whether the pattern matches, by trying all possibilities. */
function matchesByTryingAll(pattern: string, argument: string): boolean {
  if (pattern === '') return argument === '';
  if (pattern[0] !== '*')
    return argument[0] === pattern[0] && argument !== '' && matchesByTryingAll(pattern.slice(1), argument.slice(1));
  return Array.from({ length: argument.length + 1 }, (_, at) => at).some((at) =>
    matchesByTryingAll(pattern.slice(1), argument.slice(at)),
  );
}

const fitsOne = (pattern: string, argument: string): boolean => {
  const leadsUp = /(^|[/=:,])\.\.(\/|$)/.test(argument) || (pattern.startsWith('*') && argument.startsWith('-'));
  return pattern.includes('*') ? !leadsUp && matchesByTryingAll(pattern, argument) : pattern === argument;
};

function matches([first, ...rest]: Patterns, given: readonly string[]): boolean {
  if (first === undefined) return given.length === 0;
  if (first === '...') return true;
  const group = typeof first === 'string' ? [first] : first;
  const taken =
    given.length >= group.length &&
    group.every((one, at) => fitsOne(one, given[at]!)) &&
    matches(rest, given.slice(group.length));
  return taken || (typeof first !== 'string' && matches(rest, given));
}

const part = fc.constantFrom('a', 'b', '--x', '-', '..', '/', '=', '', 'ab', '*', '**');
const argument = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
const pattern = fc.oneof(
  { weight: 3, arbitrary: argument },
  { weight: 1, arbitrary: fc.array(argument, { minLength: 1, maxLength: 2 }) },
);

export const argumentPatterns = target({
  name: 'argument-patterns',
  parses: 'firstMismatch of apps/agent: capabilities.exec.commands[].args',
  rejection: 'never',
  input: fc.record({
    patterns: fc
      .tuple(fc.array(pattern, { maxLength: 5 }), fc.boolean())
      .map(([all, open]): Patterns => (open ? [...all, '...'] : all)),
    given: fc.array(argument, { maxLength: 6 }),
  }),
  pump: {
    seeds: ['a*b', 'aab', '*a*a*b'],
    input: (text) => ({ patterns: ['*a*a*b', ['--x', '*'], '*'], given: [text, '--x', text] }),
  },
  parse: ({ patterns, given }) => ({ mismatch: firstMismatch(patterns, given) }),
  accepted: ({ mismatch }, { patterns, given }) => {
    assert.equal(mismatch === undefined, matches(patterns, given));
    if (mismatch !== undefined) assert(mismatch >= 0 && mismatch <= given.length);
  },
});

const variables = fc.dictionary(
  texts(['LANG', 'NODE_OPTIONS', 'PATH', 'NOTIFY_SOCKET', '\ufeffTLS', 'STATE_DIRECTORY']),
  texts(['C', 'x\n']),
  { maxKeys: 6 },
);

export const environments = target({
  name: 'environments',
  parses: 'applicationEnvironment of apps/agent and unmarkVariables of libs/config',
  rejection: 'never',
  input: fc.record({ own: variables, inherited: variables }),
  outputMax: Infinity,
  parse: ({ own, inherited }) => {
    const unmarked: NodeJS.ProcessEnv = { ...own };
    unmarkVariables(unmarked);
    return { application: applicationEnvironment(own, inherited), unmarked };
  },
  accepted: ({ application, unmarked }, { own, inherited }) => {
    for (const [name, value] of Object.entries(application)) {
      assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
      assert.doesNotMatch(name, /^(NODE_|NOTIFY_SOCKET$|STATE_DIRECTORY$)/);
      assert(!value.includes('\0') && !value.includes('\x1b'), value);
      assert.equal(value, own[name]);
      assert.notEqual(value, Object.hasOwn(inherited, name) ? inherited[name] : undefined);
    }
    for (const name of Object.keys(unmarked))
      assert(!name.startsWith('\ufeff') || name.startsWith('\ufeff\ufeff') || own[name] === undefined);
  },
});
