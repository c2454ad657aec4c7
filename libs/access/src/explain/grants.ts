// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallType } from './call-types.js';
import type { ExplainedRules } from './explained-rules.js';
import { withUnknownFields } from './partial-request.js';

/** What some machines are granted. */
export interface Grant {
  /** The names of their certificates; undefined for every other machine. */
  readonly sources: readonly (string | undefined)[];
  readonly calls: readonly GrantedCall[];
}

export interface GrantedCall {
  readonly module: string;
  readonly command: string;
  /** Whether the rule permits it for some requests only. */
  readonly isConditional: boolean;
}

/** A name that no rule contains: rules compare names only as a whole, so it stands for every machine without a rule. */
export function otherSource(names: readonly string[]): string {
  let name = 'any-other-machine';
  while (names.includes(name)) name += '-';
  return name;
}

/** What the rules let pass, by source: those of one rule, or those of a file. A forbidding rule passes nothing. */
export function grantsOf(rules: ExplainedRules, calls: readonly CallType[]): readonly Grant[] {
  const { sources } = rules;
  const grants = new Map<string, Grant>();
  for (const source of [...sources, undefined]) {
    const granted = calls.flatMap(({ module, command, fields, path }) => {
      const service = path.slice(path.lastIndexOf('.') + 1, path.lastIndexOf('/'));
      const context = { ...withUnknownFields(fields, {}), service };
      const { answer } = rules.decide({ source: source ?? otherSource(sources), module, command, context });
      return answer === 'refused' ? [] : [{ module, command, isConditional: answer === 'undecided' }];
    });
    if (granted.length === 0) continue;
    const key = JSON.stringify(granted);
    grants.set(key, { sources: [...(grants.get(key)?.sources ?? []), source], calls: granted });
  }
  return [...grants.values()];
}

const isSame = (a: GrantedCall, b: CallType): boolean => a.module === b.module && a.command === b.command;

/** The calls in words: `every command of admin`, `QueryList, StartVM (for some requests) of admin`. */
export function describeCalls(granted: readonly GrantedCall[], calls: readonly CallType[]): string {
  const all = calls.filter((call) => granted.some((one) => isSame(one, call) && !one.isConditional));
  if (all.length === calls.length) return 'every command of every module';
  const modules = [...new Set(granted.map(({ module }) => module))];
  return modules.map((module) => describeModule(module, granted, calls)).join('; ');
}

function describeModule(module: string, granted: readonly GrantedCall[], calls: readonly CallType[]): string {
  const here = granted.filter((one) => one.module === module);
  const isWhole = calls.filter((call) => call.module === module).every((call) => here.some((one) => isSame(one, call)));
  if (isWhole && here.length > 1 && here.every(({ isConditional }) => !isConditional))
    return `every command of ${module}`;
  const names = new Set(
    here.map(({ command, isConditional }) => `${command}${isConditional ? ' (some requests)' : ''}`),
  );
  return `${[...names].join(', ')} of ${module}`;
}

/** The sources in words: `gui-vm, net-vm`, `every machine`, `every machine except net-vm`. */
export function describeSources({ sources }: Grant, named: readonly string[]): string {
  if (!sources.includes(undefined)) return sources.join(', ');
  const except = named.filter((name) => !sources.includes(name));
  return except.length === 0 ? 'every machine' : `every machine except ${except.join(', ')}`;
}
