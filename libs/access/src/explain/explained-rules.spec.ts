// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { Rules } from '../cedar/rules.js';
import { ExplainedRules } from './explained-rules.js';
import { UnknownField, type PartialRequest } from './partial-request.js';
import { requestOf, requests, ruleSets, sources } from './rule-sets.fixture.js';

const start = (request: object) => requestOf('gui-vm', 'StartApplication', request);
const parse = (text: string) => ExplainedRules.parse(text, '/etc/givc/rules.cedar');
const some = fc.constantFrom(...requests);
const source = fc.constantFrom(...sources);
const command = fc.constantFrom('StartApplication', 'StopApplication');

describe('explained rules', () => {
  it('name every rule that permits a request, with its place and its text as written', async () => {
    const rules = await parse(`// first
@id("all") permit (principal, action in [Command::"StartApplication"], resource);
permit (principal, action, resource) when { principal == Source::"net-vm" };
  permit (principal == Source::"gui-vm", action, resource);`);
    expect(rules.decide(start({ AppName: 'a' }))).toEqual({
      answer: 'permitted',
      rules: [
        {
          effect: 'permit',
          name: 'all',
          location: '/etc/givc/rules.cedar:2:1',
          text: '@id("all") permit (principal, action in [Command::"StartApplication"], resource);',
        },
        {
          effect: 'permit',
          name: 'rules.cedar:4',
          location: '/etc/givc/rules.cedar:4:3',
          text: 'permit (principal == Source::"gui-vm", action, resource);',
        },
      ],
    });
    expect(rules.sources).toEqual(['gui-vm', 'net-vm']);
  });

  it('name the rules that forbid a request, and say whether another rule would permit it', async () => {
    const forbid = 'forbid (principal, action, resource) when { context.AppName == "a" };';
    const verdict = { answer: 'refused', by: 'forbid', rules: [expect.objectContaining({ text: forbid })] };
    const others = (await parse(forbid)).decide(start({ AppName: 'a' }));
    expect(others).toEqual({ ...verdict, isPermittedOtherwise: false });
    const both = await parse(`${forbid} permit (principal, action, resource);`);
    expect(both.decide(start({ AppName: 'a' }))).toEqual({ ...verdict, isPermittedOtherwise: true });
    expect((await parse('')).decide(start({ AppName: 'a' }))).toEqual({ answer: 'refused', by: 'default' });
  });

  it('name a rule that cannot be evaluated with its error', async () => {
    const rules = await parse(
      'permit (principal, action, resource);\npermit (principal, action, resource)\nwhen { context.Nmae };',
    );
    expect(rules.decide(start({ AppName: 'a' }))).toEqual({
      answer: 'refused',
      by: 'error',
      rules: [
        expect.objectContaining({
          location: '/etc/givc/rules.cedar:2:1',
          error: expect.stringMatching(/^\/etc\/givc\/rules\.cedar:3:8: record does not have the attribute `Nmae`/),
        }),
      ],
    });
  });

  it('name the unknown fields that the decision depends on', async () => {
    const rules = await parse(
      'permit (principal, action, resource) when { context has VmName && context.VmName == "a" };',
    );
    const { context, ...call } = start({ AppName: 'a' });
    const ask = (VmName: UnknownField) => rules.decide({ ...call, context: { ...context, VmName } });
    expect(ask(new UnknownField(true))).toEqual({
      answer: 'undecided',
      rules: rules.rules.map((rule) => expect.objectContaining(rule) as object),
      unknown: ['VmName'],
    });
    expect(ask(new UnknownField(true, 'b'))).toEqual({ answer: 'refused', by: 'default' });
    expect(ask(new UnknownField(false, 'a'))).toMatchObject({ answer: 'permitted' });
  });

  it('are rejected like the rules of a daemon when they do not parse', async () => {
    await expect(parse('permit (principal, action, resource)')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('/etc/givc/rules.cedar:1:37: unexpected end of input'),
    });
    await expect(parse('permit (principal == ?principal, action, resource);')).rejects.toThrow('template');
  });

  it('decide every request as a daemon does', async () => {
    await fc.assert(
      fc.asyncProperty(
        ruleSets,
        fc.array(fc.tuple(source, command, some), { minLength: 6, maxLength: 6 }),
        async (text, calls) => {
          const [rules, explained] = [await Rules.parse(text, 'r'), await ExplainedRules.parse(text, 'r')];
          for (const call of calls) {
            const request = requestOf(...call);
            const decision = rules.decide(request);
            const verdict = explained.decide(request);
            expect([request, verdict.answer === 'permitted']).toEqual([request, decision.allowed]);
            const names =
              'rules' in verdict
                ? verdict.rules
                    .slice(0, 3)
                    .map(({ name }) => name)
                    .join(', ')
                : undefined;
            expect(names).toBe(decision.rule);
            expect(verdict.answer === 'refused' && verdict.by === 'error').toBe('error' in decision);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('claim an answer for unknown fields only when it is the same for all their values', async () => {
    const fields = fc.subarray(['AppName', 'VmName', 'Args'] as const, { minLength: 1 });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(ruleSets, source, command, some, fields, async (text, name, asked, request, unknown) => {
        const rules = await ExplainedRules.parse(text, 'r');
        const { context, ...call } = requestOf(name, asked, request);
        const open = Object.fromEntries(unknown.map((field) => [field, new UnknownField(field === 'VmName')]));
        const partial: PartialRequest = { ...call, context: { ...context, ...open } };
        const { answer } = rules.decide(partial);
        seen.add(answer);
        if (answer === 'undecided') return;
        const alike = requests.filter((other) =>
          Object.entries(request).every(
            ([field, value]) => field in open || JSON.stringify(other[field as 'AppName']) === JSON.stringify(value),
          ),
        );
        const completed = alike.filter((other) => 'VmName' in open || 'VmName' in other === 'VmName' in request);
        const answers = completed.map((other) => rules.decide(requestOf(name, asked, other)).answer);
        expect(new Set(answers)).toEqual(new Set([answer]));
      }),
      { numRuns: 250 },
    );
    expect([...seen].sort()).toEqual(['permitted', 'refused', 'undecided']);
  });
});
