// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Log } from '@givc/log';
import { parsePolicyName, type PolicyName } from '@givc/model';
import type { PolicyConfig } from '../../apps/agent/src/policy/policy.config.js';
import { PolicyRecord } from '../../apps/agent/src/policy/policy-record.js';
import type { AcceptedPolicy } from '../../apps/agent/src/policy/signed-policy.js';
import { withFolder } from './engine/folder.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { jsonTexts } from './engine/values.js';

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const installed = '2026-01-01T00:00:00.000Z';
const records = [
  { firewall: { sha256, installed } },
  {
    firewall: { sha256, installed, signed: { sha256, version: 7, timestamp: 1_700_000_000 } },
    'browser-2.1': { sha256, installed, signed: { sha256, version: 0 } },
    __proto__x: { sha256, installed, signed: { sha256, timestamp: 5 } },
  },
  {},
];
const words = ['firewall', '../x', '__proto__', 'signed', 'version', installed, sha256];

/** The names with which a caller may install a policy. */
const installable = ['firewall', 'new', 'constructor', '__proto__'].flatMap((name) => {
  try {
    return [parsePolicyName('policy_name', name)];
  } catch {
    return [];
  }
});

interface Opened {
  readonly accepted: ReadonlyMap<string, AcceptedPolicy | undefined>;
  readonly lines: readonly string[];
  readonly record: PolicyRecord;
}

/** The stored records of the policies with these names, and what was logged. */
async function open(folder: string, names: readonly string[]): Promise<Opened> {
  const lines: string[] = [];
  const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
  const record = new PolicyRecord(log, { storePath: folder } as PolicyConfig);
  await record.onModuleInit();
  return { record, lines, accepted: new Map(names.map((name) => [name, record.accepted(name as PolicyName)])) };
}

/** The entries of the file; undefined when it is not an object. */
function contentOf(text: string): Record<string, { readonly signed?: AcceptedPolicy | null } | undefined> {
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof json === 'object' && json !== null ? (json as ReturnType<typeof contentOf>) : {};
  } catch {
    return {};
  }
}

/** The record with each known field, undefined where it is missing. */
const whole = ({ sha256, version, timestamp }: Partial<AcceptedPolicy> = {}) => ({ sha256, version, timestamp });

const next: AcceptedPolicy = { sha256: 'ff', version: 8, timestamp: undefined };

export const policyRecords = target({
  ...{
    name: 'policy-records',
    parses: 'PolicyRecord of apps/agent: policies.json, of an agent that ran before or damaged',
    rejection: 'never',
  },
  input: fc.record({ text: jsonTexts(records, words), name: fc.constantFrom(...installable) }),
  outputMax: Infinity,
  parse: ({ text, name }) =>
    withFolder(async (folder) => {
      const path = join(folder, 'policies.json');
      writeFileSync(path, text);
      const names = Object.keys(contentOf(text));
      const { record, lines, accepted } = await open(folder, names);
      const aside = existsSync(`${path}.damaged`) ? readFileSync(`${path}.damaged`, 'utf8') : undefined;
      await record.set(name, next.sha256, true, next);
      const later = await open(folder, [...names, name]);
      return { lines, accepted, aside, laterLines: later.lines, later: later.accepted };
    }),
  accepted: ({ lines, accepted, aside, laterLines, later }, { text, name }) => {
    for (const line of lines) {
      requirePlain(line, 'a line');
      assert(line.length <= 24_000, `a line has ${line.length} characters`);
    }
    assert.equal(lines.length, aside === undefined ? 0 : 1, 'a record is set aside without a word');
    if (aside !== undefined)
      assert.equal(aside, Buffer.from(text).toString(), 'what is set aside is not what was there');
    for (const [policy, known] of accepted) {
      const stands = aside === undefined ? contentOf(text)[policy]?.signed : undefined;
      assert.deepEqual(whole(known), whole(stands ?? undefined), policy);
      if (known)
        for (const age of [known.version ?? 0, known.timestamp ?? 0])
          assert(age >= 0 && Number.isFinite(age), `${age}`);
      if (aside === undefined) assert.match(policy, /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
    }
    assert.deepEqual(laterLines, [], 'it cannot read what it has written');
    for (const [policy, known] of later)
      assert.deepEqual(whole(known), whole(policy === name ? next : accepted.get(policy)), `${policy} is forgotten`);
  },
});
