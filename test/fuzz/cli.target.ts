// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CommandRunner } from 'nest-commander';
import { runCli } from '../../apps/cli/src/cli.js';
import { CliModule } from '../../apps/cli/src/cli.module.js';
import { CommandGroup } from '../../apps/cli/src/usage/command-group.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { withVariablesLater } from './engine/variables.js';

type Runnable = Pick<CommandRunner, 'run'>;

/** The commands that do something. A group of commands only reports bad usage. */
const commands = (Reflect.getMetadata('providers', CliModule) as { readonly prototype: Partial<Runnable> }[])
  .map(({ prototype }) => prototype)
  .filter((prototype): prototype is Runnable => 'run' in prototype && !(prototype instanceof CommandGroup));

/** The values with which a command would have run. */
interface Reached {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

interface Parsed {
  readonly status: number;
  readonly printed: string;
  readonly reached: readonly Reached[];
}

/** The exit status of a command line whose command does nothing, and what is printed. */
async function parseOnly(argv: readonly string[]): Promise<Parsed> {
  const reached: Reached[] = [];
  const originals = commands.map((command) => Object.getOwnPropertyDescriptor(command, 'run'));
  const { exit } = process;
  for (const command of commands)
    command.run = (args, options = {}) => Promise.resolve(void reached.push({ args: [...args], options }));
  process.exit = (status) => {
    throw new Error(`it ends the process with ${status}`);
  };
  try {
    return await withVariablesLater({}, async (printed) => {
      const status = await runCli(['node', 'givc-cli', ...argv]);
      return { status, printed: printed(), reached };
    });
  } finally {
    process.exit = exit;
    for (const [index, command] of commands.entries()) {
      Reflect.deleteProperty(command, 'run');
      const original = originals[index];
      if (original) Object.defineProperty(command, 'run', original);
    }
  }
}

const lines = [
  'query --as-json --by-type 14 --by-name chromium@0.service web.service',
  '--addr 10.0.0.1 --port 9001 --name admin-vm --notls query-list',
  '--cacert ca.pem --cert cert.pem --key key.pem --vsock 3:9001 watch',
  'start app chromium --vm chrome-vm -- https://example.org --flag',
  'start service web.service --vm net-vm',
  'stop vm net-vm',
  'wait web.service --vm net-vm --state stopped --timeout 0.5',
  'exec net-vm --user logger --env TERM=xterm --env A= --directory / -- tee -a /x',
  'certs issue net-vm --authority ca --out o --ip 10.0.0.1 --days 30 --key-type p256 --force --image ext4',
  'certs show o --as-json',
  'wifi connect home --vm net-vm --password-file f --security sae',
  'policy check rules.cedar --schema',
  'help start app',
  'set-locale LANG=C',
  'complete -- start ap',
].map((line) => line.split(' '));
const words = [
  ...[...new Set(lines.flat())],
  ...[
    '--help',
    '-h',
    '--version',
    '-V',
    '-x',
    '--',
    '-',
    '--vm',
    '--vm=',
    '--vm=a',
    '--by-type=',
    '--env',
    '--timeout=1e3',
  ],
  ...[
    '--no-notls',
    '--notls=true',
    'strat',
    '--prot',
    'help',
    '-p',
    '-pX',
    '__proto__',
    '--__proto__',
    '--constructor',
    '--\x1b[2J',
    '-\x9b2J',
    '--state=\x1b[2J',
    '--days=\n',
    '--\x1b[2J',
    '--\x1b[31m',
    '--\u202e',
  ],
];

/** An argument never contains NUL or an unpaired surrogate. */
const word = fc
  .oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: texts(words) })
  .map((text) => Buffer.from(text.replaceAll('\0', '')).toString());
const edit = fc.record({ at: fc.nat(20), removed: fc.nat(1), added: fc.array(word, { maxLength: 2 }) });
const near = fc
  .tuple(fc.constantFrom(...lines), fc.array(edit, { maxLength: 3 }))
  .map(([line, edits]) =>
    edits.reduce((argv, { at, removed, added }) => argv.toSpliced(at % (argv.length + 1), removed, ...added), line),
  );

const isWithin = (some: readonly string[], all: readonly string[]): boolean => {
  let found = 0;
  for (const one of all) if (found < some.length && one === some[found]) found++;
  return found === some.length;
};

/** The texts and numbers in the value of an option must come from the arguments. */
function requireOption(name: string, value: unknown, argv: readonly string[]): void {
  if (typeof value === 'number') return assert(value >= 0 && value < 2 ** 32, `${name} is ${value}`);
  if (typeof value === 'string')
    return assert(
      argv.some((arg) => arg.endsWith(value)),
      `${name} is not an argument`,
    );
  if (typeof value === 'boolean') return;
  assert(typeof value === 'object' && value !== null, `${name} is not the value of an option`);
  for (const inner of Object.values(value)) requireOption(name, inner, argv);
}

const usageEnd = /; see "givc-cli( [a-z-]+){0,2} --help"\n$/;

export const cliArguments = target({
  ...{
    name: 'cli-arguments',
    parses: 'runCli of apps/cli: any arguments, up to the command that would run',
    rejection: 'never',
  },
  input: fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: fc.array(word, { maxLength: 6 }) }),
  outputMax: Infinity,
  parse: parseOnly,
  accepted: ({ status, printed, reached }, argv) => {
    const [first, ...others] = reached;
    assert(others.length === 0, 'more than one command would run');
    if (first) {
      assert.deepEqual([status, printed], [0, ''], 'it runs a command and reports something else');
      assert(isWithin(first.args, argv), `the arguments of the command are ${JSON.stringify(first.args)}`);
      for (const [name, value] of Object.entries(first.options)) requireOption(name, value, argv);
      return;
    }
    if (status === 0) {
      assert(
        argv.some((arg) => /^(-[a-z]*[hV]|--help|--version|help$)/.test(arg)),
        'it is not an answer to this',
      );
      assert(printed.endsWith('\n') && printed.length <= 8_000, `help has ${printed.length} characters`);
      for (const line of printed.split('\n')) requirePlain(line, 'help');
      return;
    }
    assert.equal(status, 2, printed);
    assert(printed.startsWith('givc-cli: ') && usageEnd.test(printed), printed);
    requirePlain(printed.slice(0, -1), 'what is printed');
    // The output contains the whole wrong argument, in JSON.
    const longest = Math.max(0, ...argv.map((arg) => JSON.stringify(arg).length));
    assert(printed.length <= 1_000 + 2 * longest, `it prints ${printed.length} characters`);
  },
});
