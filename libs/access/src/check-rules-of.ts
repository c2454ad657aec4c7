// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, checkEach, type CheckResult } from '@givc/checks';
import { readText } from '@givc/config';
import { closestNames, quoted } from '@givc/model';
import { cedarSchemas } from '@givc/rpc';
import { checkRules } from './cedar/check-rules.js';
import { namesInRules, type RuleName } from './cedar/rule-names.js';

/** The names that exist, by where rules name them. */
export interface KnownNames {
  /** Machines with an agent, the admin, and the host. Other callers may exist. */
  readonly callers: readonly string[];
  /** Undefined where any machine may be named. */
  readonly machines: readonly string[] | undefined;
  /** Whether a unit of this name exists, or may be controlled. */
  readonly units: (unit: string) => boolean;
  /** The names of units that a mistyped one may stand for. */
  readonly unitNames: readonly string[];
}

/** The mistakes of the rules of a daemon by its schema, such as commands and modules that do not exist. */
export async function checkRulesOf(daemon: keyof typeof cedarSchemas, file: string): Promise<readonly CheckResult[]> {
  const { rules, findings } = await checkRules(readText(file), file, [
    { file: `${daemon}.cedarschema`, text: cedarSchemas[daemon] },
  ]);
  const fix = `correct the rule (givc-cli policy check ${file} --for ${daemon})`;
  if (findings.length === 0) return [check('rules', file).ok(`has ${rules} rules without a mistake`)];
  return findings.map(({ location, severity, what }) =>
    check('rules', location)[severity === 'error' ? 'failure' : 'warning'](`has a mistake: ${what}`, fix),
  );
}

/** The machines, callers and units in the rules of a file that do not exist, or are like one that does. */
export async function checkRuleNames(file: string, known: KnownNames): Promise<readonly CheckResult[]> {
  const names = await namesInRules(readText(file), file);
  const distinct = [...new Map(names.map((one) => [`${one.of} ${one.name}`, one])).values()];
  return checkEach(
    distinct,
    (name) => problemOf(name, known),
    () =>
      check('rule-names', file).ok(`names ${distinct.length} callers, machines and units, and none that is unknown`),
  );
}

function problemOf({ of, name, location }: RuleName, known: KnownNames): CheckResult | undefined {
  const { warning } = check('rule-names', location);
  const missing = (what: string, all: readonly string[]) => {
    const [closest] = closestNames(name, all);
    const fix = closest === undefined ? 'correct or remove the rule' : `is ${quoted(closest)} meant?`;
    return warning(`names the ${what} ${quoted(name)}, which is unknown`, fix);
  };
  switch (of) {
    case 'principal':
      // A caller needs no agent, so only a name like a known one is a mistake.
      return known.callers.includes(name) || closestNames(name, known.callers).length === 0
        ? undefined
        : missing('caller', known.callers);
    case 'VmName':
      return name === '' || known.machines?.includes(name) !== false ? undefined : missing('machine', known.machines);
    case 'UnitName':
    case 'ServiceName':
      return name === '' || known.units(name) ? undefined : missing('unit', known.unitNames);
    default:
      return undefined;
  }
}
