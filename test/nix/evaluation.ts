// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A unit as the modules define it. Values that systemd reads as text may be numbers or booleans here. */
export interface Unit {
  readonly after?: readonly string[];
  readonly wants?: readonly string[];
  readonly partOf?: readonly string[];
  readonly wantedBy?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly path?: readonly string[];
  readonly restartTriggers?: readonly string[];
  readonly serviceConfig?: Readonly<Record<string, unknown>>;
  readonly unitConfig?: Readonly<Record<string, unknown>>;
  readonly socketConfig?: Readonly<Record<string, unknown>>;
  readonly listenStreams?: readonly string[];
}

interface Units {
  readonly services: Readonly<Record<string, Unit>>;
  readonly sockets: Readonly<Record<string, Unit>>;
  readonly targets: Readonly<Record<string, Unit>>;
}

/** The result of one configuration of the modules. */
export interface Scenario {
  /** The messages of failed assertions. */
  readonly failed: readonly string[];
  readonly etc: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly tmpfiles: readonly string[];
  readonly systemPackages: readonly string[];
  readonly polkit: boolean;
  readonly system: Units;
  readonly user: Units;
}

/** An option of a module; `default` and `example` are expressions of Nix. */
export interface NixOption {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default?: string;
  readonly example?: string;
  readonly readOnly?: true;
}

export interface Evaluation {
  /** The options of each module, in order. */
  readonly options: Readonly<Record<string, readonly NixOption[]>>;
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly nothing: Scenario;
  /** The number of modules of `givc` when each is imported twice. */
  readonly twice: number;
  readonly flake: {
    readonly inputs: readonly string[];
    readonly modules: readonly string[];
    /** The script of the test that runs virtual machines. */
    readonly testScript: string;
    readonly nodes: readonly string[];
    /** The outputs by their names, for each system. */
    readonly checks: Readonly<Record<string, readonly string[]>>;
    readonly packages: readonly string[];
    readonly overlay: readonly string[];
    readonly apps: Readonly<Record<string, string>>;
    readonly admin: Readonly<Record<string, string>>;
    readonly programs: Readonly<Record<string, string>>;
    readonly absent: string;
    readonly present: string;
    readonly docs: string;
  };
}

/** A folder with the `lib` of nixpkgs. Without it, or without Nix, the modules cannot be evaluated. */
const { NIXPKGS_LIB } = process.env;

export const isEvaluable = Boolean(NIXPKGS_LIB) && !spawnSync('nix-instantiate', ['--version']).error;

/** Evaluates every scenario, without a store and without a network. */
export function evaluate(): Evaluation {
  const file = fileURLToPath(new URL('evaluate.nix', import.meta.url));
  const args = ['--store', 'dummy://', '--eval', '--strict', '--json', file, '--arg', 'libPath', NIXPKGS_LIB!];
  return JSON.parse(
    execFileSync('nix-instantiate', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  ) as Evaluation;
}

/** The text of the file of that name inside a store path, at any depth. */
export function fileIn(path: string, name: string): string {
  const mark = `/nix/store/${name}⟦`;
  const start = path.indexOf(mark) + mark.length;
  let depth = 1;
  if (start >= mark.length)
    for (const { 0: bracket, index } of path.slice(start).matchAll(/[⟦⟧]/g)) {
      depth += bracket === '⟦' ? 1 : -1;
      if (depth === 0) return path.slice(start, start + index);
    }
  throw new Error(`${path.slice(0, 80)} holds no ${name}`);
}

/** A store path without the text that it holds. */
export const plain = (text: string): string => text.replace(/⟦[^]*⟧/g, '');

/** The parts of each rule that decide, sorted. */
export function partsOf(rules: string): readonly (readonly string[])[] {
  const parts = rules
    .split(/^permit/m)
    .slice(1)
    .map((rule) => [...new Set(rule.match(/(Source|Module|Command)::"[^"]*"|context\.VmName == "[^"]*"/g))].sort());
  return parts.sort((one, other) => one.join().localeCompare(other.join()));
}

/** A file of a machine as Ghaf configures it. */
export const ghafFile = (machine: string, name: string): string =>
  readFileSync(fileURLToPath(new URL(`../lab/ghaf/${machine}/${name}`, import.meta.url)), 'utf8');
