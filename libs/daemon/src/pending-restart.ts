// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { check, type Check, type CheckResult } from '@givc/checks';
import { namedKeys, type Setting, type ConfigFile } from '@givc/config';
import { readBytes } from '@givc/files';
import { messageOf, programVersion } from '@givc/model';
import { runProgram } from '@givc/programs';
import { ownReloadCommand, ownRestartCommand } from './restart-command.js';
import { readUnitStart, type UnitStart } from './unit-start.js';

/** What a daemon has read at its start only. */
export interface PendingRestartParts {
  readonly files?: readonly ConfigFile[];
  /** The settings of its command line with these variables. Throws for mistakes as a start does. */
  readonly settings?: (environment: NodeJS.ProcessEnv) => readonly Setting[];
  /** The file of its program; that of this process by default. */
  readonly program?: string | undefined;
  /** The command with which it is checked before a restart. */
  readonly checkCommand?: string | undefined;
  readonly unitStart?: () => Promise<UnitStart | undefined>;
}

/**
 * Finds out what only a restart of a daemon applies, or with what mistake a restart would fail: what its files, its
 * variables and its credentials would give now is compared with what is in force, and its program with the installed
 * one. Nothing is read before that is asked. Values are never shown.
 */
export class PendingRestart {
  readonly #installed: Stats | undefined;

  constructor(private readonly parts: PendingRestartParts = {}) {
    this.#installed = statsOf(this.#program);
  }

  /** The check; `name` is that of the machine. */
  checks(name: string): Check[] {
    return [{ id: 'pending-restart', subject: name, run: () => this.#run(name) }];
  }

  get #program(): string | undefined {
    return this.parts.program ?? process.argv[1];
  }

  async #run(name: string): Promise<CheckResult[]> {
    const { files = [], unitStart = () => readUnitStart() } = this.parts;
    const found: CheckResult[] = [];
    const add = (one: CheckResult) => {
      // A mistake in a file that a variable names is found twice.
      if (!found.some(({ message }) => message === one.message)) found.push(one);
    };
    const look = (subject: string, what: string, find: () => readonly string[]) => {
      try {
        const named = namedKeys(find());
        if (named.length > 0) add(pending(subject, `has ${what} that need a restart: ${named.join(', ')}`));
      } catch (error) {
        add(this.#wouldFail(subject, error));
      }
    };
    const start = await unitStart().catch((error: unknown) => {
      add(this.#wouldFail(name, error));
      return undefined;
    });
    for (const file of files) {
      const source = sourceOf(file.path, start);
      look(file.path, 'changes', () => {
        const { live, others, mistake } = file.differences(source);
        // A reload reads the copy of a credential again.
        if (source !== undefined) return [...live, ...others];
        if (mistake !== undefined) add(this.#notReloaded(file.path, mistake));
        else if (live.length > 0) add(unloaded(file.path, live));
        return [...others];
      });
    }
    look(name, 'changed variables', () => this.#changedVariables(start));
    look(name, 'changed credentials', () => changedCredentials(start, files));
    found.push(...(await this.#otherVersion()));
    return found.length > 0 ? found : [check('pending-restart', name).ok('has applied its whole configuration')];
  }

  #wouldFail(subject: string, error: unknown): CheckResult {
    return check('pending-restart', subject).failure(
      `has a mistake with which a restart would fail: ${firstLineOf(messageOf(error).replace(/^error: /, ''))}`,
      `correct it before the next restart${this.#checkHint}`,
    );
  }

  #notReloaded(subject: string, mistake: string): CheckResult {
    return check('pending-restart', subject).warning(
      `has a mistake because of which a reload applies nothing: ${firstLineOf(mistake)}`,
      `correct it before the reload${this.#checkHint}`,
    );
  }

  get #checkHint(): string {
    const { checkCommand } = this.parts;
    return checkCommand === undefined ? '' : ` (${checkCommand})`;
  }

  #changedVariables(start: UnitStart | undefined): string[] {
    const { settings } = this.parts;
    if (!settings || !start?.variables) return [];
    const ofSystemd = Object.entries(process.env).filter(([variable]) => variable.endsWith('_DIRECTORY'));
    const before = settings(process.env);
    const after = settings(Object.fromEntries([...ofSystemd, ...start.variables]));
    const textOf = (setting: Setting | undefined) => JSON.stringify(setting?.value);
    const names = [...before, ...after].flatMap(({ key, source }) => {
      const [older, newer] = [before, after].map((all) => all.find((one) => one.key === key));
      return textOf(older) === textOf(newer) || !source.startsWith('variable ')
        ? []
        : [source.replace('variable ', '')];
    });
    return [...new Set(names)];
  }

  /** A package that is upgraded replaces the program; the agents of sessions then continue with the earlier one. */
  async #otherVersion(): Promise<CheckResult[]> {
    const program = this.#program;
    const now = statsOf(program);
    if (program === undefined || !this.#installed || !now || isSame(this.#installed, now)) return [];
    const { stdout } = await runProgram(process.execPath, [program, '--version'], { timeoutMs: 5_000 });
    const installed = stdout.toString().trim();
    if (installed === programVersion || installed === '') return [];
    return [pending(program, `has version ${installed}, and ${programVersion} still runs`)];
  }
}

const firstLineOf = (text: string): string => text.split('\n', 1)[0]!;

const pending = (subject: string, message: string): CheckResult =>
  check('pending-restart', subject).warning(message, ownRestartCommand() ?? 'restart this daemon');

/** What a reload would apply. */
const unloaded = (subject: string, keys: readonly string[]): CheckResult =>
  check('pending-restart', subject).warning(
    `has changes that need a reload: ${namedKeys(keys).join(', ')}`,
    ownReloadCommand() ?? 'reload this daemon (SIGHUP)',
  );

function statsOf(path: string | undefined): Stats | undefined {
  try {
    return path === undefined ? undefined : statSync(path);
  } catch {
    return undefined;
  }
}

const isSame = (a: Stats, b: Stats): boolean =>
  a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;

/** The path of a credential in this process. */
const copyOf = (name: string): string => join(process.env['CREDENTIALS_DIRECTORY'] ?? '/', name);

/** The file of which systemd gives the next start a copy, if it does. */
const sourceOf = (path: string, start: UnitStart | undefined): string | undefined =>
  [...(start?.credentials ?? [])].find(([name]) => copyOf(name) === path)?.[1];

/** The names of credentials that are not among the files and whose content differs; unreadable ones are left out. */
function changedCredentials(start: UnitStart | undefined, files: readonly ConfigFile[]): string[] {
  if (process.env['CREDENTIALS_DIRECTORY'] === undefined) return [];
  const changed: string[] = [];
  for (const [name, source] of start?.credentials ?? []) {
    if (files.some(({ path }) => path === copyOf(name))) continue;
    const [now, next] = [copyOf(name), source].map(contentOf);
    if (now && next && !now.equals(next)) changed.push(`${name} (${source})`);
  }
  return changed;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readBytes(path);
  } catch {
    return undefined;
  }
}
