// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkRules, Rules } from '@givc/access';
import { cedarSchemas } from '@givc/rpc';
import { RuleText } from '../../libs/access/src/cedar/rule-text.js';
import { Revocations } from '../../libs/access/src/identity/revocations.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const example = readFileSync('cedar/example.cedar', 'utf8');
const ghaf = readFileSync('test/lab/ghaf/admin-vm/admin-rules.cedar', 'utf8');
/** A text without unpaired surrogates, as a file in UTF-8 is read. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const rule =
  'permit(principal == Source::"gui-vm", action in [Command::"Watch"], resource) when { context.service == "x" };';
const seeds = [rule, `@id("a")\n${rule}`, '// nothing\n', ...example.split('\n\n').slice(1, 8), ghaf];
const words = [
  ...['Command', 'Action', '::', '"', ';', 'permit', 'forbid', 'is Command', '?principal', '// ', 'context has VmName'],
  ...['principal', 'when {', '}', '@id("', 'Command::"Watch"', '\\"', '(((', 'if true then '],
];

export const ruleFiles = target({
  ...{
    name: 'rule-files',
    parses: 'Rules and checkRules of libs/access: a file of Cedar',
    input: texts(seeds, words).map(wellFormed),
  },
  rejection: { reasons: ['INVALID_ARGUMENT'], messageMax: 11 * 4_096, hasLines: true },
  outputMax: Infinity,
  parse: async (text) => {
    const { rules, findings } = await checkRules(text, 'rules.cedar', [
      { file: 'admin.cedarschema', text: cedarSchemas.admin },
    ]);
    return { rules, findings, decisions: await Rules.parse(text, 'rules.cedar') };
  },
  accepted: ({ rules, findings, decisions }) => {
    for (const { location, what } of findings) {
      assert.match(location, /^rules\.cedar:\d+:\d+$/);
      requirePlain(what, 'a finding');
    }
    const question = { source: 'no-vm', command: 'Watch', module: 'admin', context: { service: 'AdminService' } };
    const decision = decisions.decide(question);
    if (rules === 0) assert.deepEqual(decision, { allowed: false });
    if (decision.allowed) assert(decision.rule, 'no rule has allowed it');
  },
});

export const ruleTexts = target({
  ...{
    name: 'rule-texts',
    parses: 'RuleText of libs/access: Command as Cedar takes it',
    input: texts(seeds, words).map(wellFormed),
    rejection: 'never',
  },
  outputMax: Infinity,
  pump: { seeds: [rule, '// a\n', '"a\\"', 'Command::"a"', 'Command ::'], input: (text) => text },
  parse: (text) => new RuleText(text, 'rules.cedar'),
  accepted: ({ forCedar, rules }, text) => {
    assert.equal(forCedar.length, text.length);
    for (let at = 0; at < text.length; at++)
      if (forCedar[at] !== text[at]) {
        assert.equal(text.slice(at, at + 'Command'.length), 'Command');
        assert.equal(forCedar.slice(at, at + 'Action '.length), 'Action ');
        at += 'Command'.length;
      }
    let end = 0;
    for (const span of rules) {
      assert(span.start >= end && span.end > span.start && span.end <= text.length);
      end = span.end;
      assert.equal(text[end - 1], ';');
    }
  },
});

const revoked = [
  'serial 0A:1b:ff\nname net-vm # lost\n\n# comment\n',
  'serial 5f3a',
  'name a.b',
  'serial 1\nserial 2\nname x\n',
];

export const revocationFiles = target({
  ...{
    name: 'revocation-files',
    parses: 'Revocations of libs/access',
    input: texts(revoked, ['serial ', 'name ', '#', ':', '\n', 'ff'.repeat(20)]),
  },
  rejection: { reasons: ['INVALID_ARGUMENT'], messageMax: 11 * 1_200, hasLines: true },
  outputMax: Infinity,
  pump: { seeds: revoked, input: (text) => text },
  parse: (text) => Revocations.parse(text, '/etc/givc/revoked'),
  accepted: (revocations, text) => {
    const lines = text.split('\n').map((line) => line.split('#')[0]!.trim().split(/\s+/));
    const certificate = (serialNumber: string, subjectaltname: string) =>
      ({ serialNumber, subjectaltname, valid_from: 'Jan 1 2026', valid_to: 'Jan 1 2027' }) as never;
    for (const [kind, value = ''] of lines) {
      if (kind === 'serial')
        assert(revocations.rejection(certificate(value.replaceAll(':', ''), '')), `${value} is not refused`);
      if (kind === 'name')
        assert(
          revocations.rejection(certificate('123456789abc', `DNS:other, DNS:${value}`)),
          `${value} is not refused`,
        );
    }
  },
});
