// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(__dirname, '../..');

/** A running program: its lines as they arrive, and how it ended. */
export interface RunningExample {
  readonly lines: readonly string[];
  /** Resolves with the first line that matches, as soon as it is written; rejects when the program ends first. */
  line(pattern: RegExp): Promise<string>;
  /** Resolves with the exit status and what was written to stderr. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
  kill(): void;
}

/**
 * Packages of this repository, packed by npm and installed into a folder, with links to exactly those modules that they
 * declare as dependencies: a module that none of them declares is not found.
 */
export class PackedPackages {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-package-'));
  readonly #running = new Set<RunningExample>();

  static async install(...names: readonly string[]): Promise<PackedPackages> {
    const installed = new PackedPackages();
    const built = join(installed.folder, 'built');
    await run(process.execPath, ['scripts/packages.mjs', '--without-types', '--into', built, ...names], { cwd: root });
    for (const name of names) await installed.#install(name, join(built, name));
    return installed;
  }

  async #install(name: string, built: string): Promise<void> {
    const packed = await run('npm', ['pack', '--silent', '--offline', built], { cwd: this.folder });
    const place = this.#pathOf(name);
    mkdirSync(place, { recursive: true });
    await run('tar', ['-xzf', packed.stdout.trim(), '-C', place, '--strip-components=1'], { cwd: this.folder });
    const { dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const module of Object.keys(dependencies)) {
      const link = join(this.folder, 'node_modules', module);
      if (existsSync(link)) continue;
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', module), link);
    }
  }

  #pathOf(name: string): string {
    return join(this.folder, 'node_modules/@givc', name);
  }

  /** The first example of a package's README. */
  exampleOf(name: string): string {
    const readme = readFileSync(join(this.#pathOf(name), 'README.md'), 'utf8');
    return /```js\n(.*?)```/s.exec(readme)![1]!;
  }

  /** Runs a program in the folder by node, with these arguments. */
  run(program: string, ...args: readonly string[]): RunningExample {
    writeFileSync(join(this.folder, 'example.mjs'), program);
    const child = spawn(process.execPath, ['example.mjs', ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    let [rest, stderr] = ['', ''];
    let wake: () => void = () => undefined;
    let isOver = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
      wake();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close').then(([status]) => {
      isOver = true;
      wake();
      return { status: status as number | null, stderr };
    });
    const line = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = lines.find((one) => pattern.test(one));
        if (found !== undefined) return found;
        if (isOver) throw new Error(`no line matches ${pattern.source}: ${lines.join('\n')}${stderr}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    };
    const running: RunningExample = { lines, line, ended, kill: () => void child.kill('SIGKILL') };
    this.#running.add(running);
    return running;
  }

  async remove(): Promise<void> {
    for (const running of this.#running) running.kill();
    await Promise.all([...this.#running].map(({ ended }) => ended));
    rmSync(this.folder, { recursive: true });
  }
}
