// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { cedarSchemas } from '@givc/rpc';
import { authorizationRequest } from '../cedar/authorization-request.js';
import { checkRules, type RuleFinding } from '../cedar/check-rules.js';
import { Rules } from '../cedar/rules.js';
import { calls, others, readContract } from './calls.fixture.js';
import { UnknownField } from './partial-request.js';
import { smallestRule } from './smallest-rule.js';

const schemas = Object.entries(cedarSchemas).map(([file, text]) => ({ file, text }));
const startApplication = (request: object) =>
  authorizationRequest('gui-vm', '/admin.AdminService/StartApplication', { AppName: 'chrome', Args: [], ...request });

describe('the smallest rule for a call', () => {
  it('names its source, its command, its module and each field of its request', async () => {
    expect(await smallestRule(startApplication({ VmName: 'chrome-vm', Args: ['https://a.example'] }))).toBe(`permit (
  principal == Source::"gui-vm",
  action == Command::"StartApplication",
  resource == Module::"admin"
)
when { context.AppName == "chrome" }
when { context.Args == ["https://a.example"] }
when { (context has VmName) && (context.VmName == "chrome-vm") };`);
  });

  it('excludes an optional field that the request does not have, and leaves out an unknown one', async () => {
    expect(await smallestRule(startApplication({}))).toContain(
      'when { context.Args.isEmpty() }\nunless { context has VmName };',
    );
    const { context, ...call } = startApplication({});
    const unknown = { ...call, context: { ...context, VmName: new UnknownField(true), Args: new UnknownField(false) } };
    expect(await smallestRule(unknown)).toMatch(/\)\nwhen \{ context\.AppName == "chrome" \};$/);
  });

  it('is not made for a command that no daemon serves', async () => {
    await expect(smallestRule({ ...startApplication({}), module: 'hwid' })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'rpc: no daemon serves StartApplication of hwid',
    });
  });

  it('permits it and none of 10,000 other calls that differ from it in one field, whatever the texts contain', async () => {
    const contract = await readContract();
    const rules = await Rules.parse('', 'r');
    await fc.assert(
      fc.asyncProperty(calls(contract), fc.integer(), async (call, seed) => {
        rules.replace(await smallestRule(call));
        expect(rules.decide(call)).toEqual({ allowed: true, rule: 'r:1' });
        for (const other of fc.sample(others(contract, call), { numRuns: 10_000, seed }))
          if (rules.decide(other).allowed) expect(other).toEqual(call);
      }),
      { numRuns: 10 },
    );
  });

  it('is valid by the schemas of the daemons and can match; other warnings are about unusual characters', async () => {
    const contract = await readContract();
    await fc.assert(
      fc.asyncProperty(calls(contract), async (call) => {
        const { rules, findings } = await checkRules(await smallestRule(call), 'r', schemas);
        const isUnusual = ({ what }: RuleFinding) =>
          /character|General Security Profile|mixed.script|confusable/i.test(what);
        const serious = findings.filter((finding) => finding.severity === 'error' || !isUnusual(finding));
        expect({ rules, serious }).toEqual({ rules: 1, serious: [] });
      }),
      { numRuns: 15 },
    );
  });
});
