// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import childProcess from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyName } from '@givc/model';
import { GitSource } from './git-source.js';
import { readPoliciesConfig } from './policies.config.js';
import type { PolicyStore } from './policy-store.js';

interface Run {
  readonly verb: string;
  readonly maxBuffer: number;
  readonly protocol: string;
}

const [commit, blob, signature] = ['c'.repeat(40), 'b'.repeat(40), 'a'.repeat(40)];
const tree = [
  `100644 blob ${blob}       3\tvm-policies/firewall/policy.bin`,
  `100644 blob ${signature}       9\tvm-policies/firewall/policy.bin.minisig`,
].join('\0');

describe('a repository of policies', () => {
  let folder: string;
  let runs: Run[];
  let stored: string[];
  let source: GitSource;
  /** The output of git, by its verb. */
  let printed: Record<string, string>;
  /** The verbs of git that never end by themselves. */
  let hanging: string | undefined;
  /** The verbs that were killed. */
  let killed: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-git-'));
    [runs, stored, killed, hanging] = [[], [], [], undefined];
    printed = { 'rev-parse': `${commit}\n`, 'ls-tree': tree, 'cat-file': 'one' };
    jest.spyOn(childProcess, 'execFile').mockImplementation(((
      _command: string,
      args: readonly string[],
      options: { maxBuffer: number; env: Record<string, string> },
      done: (error: Error | null, stdout: Buffer, stderr: Buffer) => void,
    ) => {
      const verb = args.find((arg) => /^(init|fetch|rev-parse|ls-tree|cat-file)$/.test(arg))!;
      runs.push({
        verb,
        maxBuffer: options.maxBuffer,
        protocol: options.env['GIT_ALLOW_PROTOCOL']!,
      });
      const end = (error: Error | null) => done(error, Buffer.from(printed[verb] ?? ''), Buffer.alloc(0));
      if (verb !== hanging) process.nextTick(end, null);
      const kill = () => {
        killed.push(verb);
        hanging = undefined;
        end(Object.assign(new Error('killed'), { code: null, signal: 'SIGKILL' }));
      };
      return { stdin: null, killed: verb === hanging, kill };
    }) as never);
    const config = readPoliciesConfig(
      JSON.stringify({
        source: { type: 'git-url', url: 'https://example.org/policies.git' },
        policies: { firewall: { vms: [] } },
        maxBytes: 1_000,
      }),
      folder,
    ).value;
    const store = {
      put: (name: PolicyName, content: Iterable<Uint8Array>, signed?: string) =>
        Promise.resolve(stored.push(`${name} ${Buffer.concat([...content]).toString()} ${signed}`)),
    } as unknown as PolicyStore;
    source = new GitSource(config.source as never, config, store);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  const update = () => source.update(new AbortController().signal);

  it.each(['init', 'fetch', 'rev-parse', 'ls-tree', 'cat-file'])('gives git %s two minutes', async (verb) => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    hanging = verb;
    const ended = update().catch(() => undefined);
    while (runs.at(-1)?.verb !== verb) await new Promise<void>((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(120_000 - 1);
    expect(killed).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(killed).toEqual([verb]);
    await ended;
  });

  it('limits the output of git to what is needed', async () => {
    await update();
    expect(runs.map(({ verb, maxBuffer }) => `${verb} ${maxBuffer}`)).toEqual([
      'init 1048576',
      'fetch 1048576',
      'rev-parse 1048576',
      'ls-tree 4194305',
      'cat-file 1001',
      'cat-file 4097',
    ]);
    expect(stored).toEqual(['firewall one one']);
  });

  it('permits git only the protocol of its URL', async () => {
    await update();
    expect(runs.map(({ verb, protocol }) => `${verb} ${protocol}`)).toEqual([
      'init none',
      'fetch https',
      'rev-parse none',
      'ls-tree none',
      'cat-file none',
      'cat-file none',
    ]);
  });

  it('is read again only when its commit has changed', async () => {
    await update();
    await update();
    expect(runs.filter(({ verb }) => verb === 'ls-tree')).toHaveLength(1);
    printed['rev-parse'] = 'd'.repeat(40);
    await update();
    expect(runs.filter(({ verb }) => verb === 'ls-tree')).toHaveLength(2);
  });

  it('is read again when a policy could not be stored, although its commit is the same', async () => {
    const { 'ls-tree': whole } = printed;
    printed['ls-tree'] = '';
    const failures = await update();
    expect([...failures].map(([name, { reason }]) => `${name} ${reason}`)).toEqual(['firewall NOT_FOUND']);
    printed['ls-tree'] = whole!;
    expect((await update()).size).toBe(0);
    expect(stored).toEqual(['firewall one one']);
  });
});
