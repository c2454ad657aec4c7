// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { authorizationRequest } from './authorization-request.js';
import { Rules } from './rules.js';

const start = (source: string, request: unknown = { VmName: 'net-vm' }) =>
  authorizationRequest(source, '/admin.AdminService/StartVM', request);
const parse = (text: string) => Rules.parse(text, '/etc/givc/rules.cedar');
const decide = async (text: string, question = start('gui-vm')) => (await parse(text)).decide(question);

describe('rules of access control', () => {
  it('permit a request that one of them permits, and name that rule', async () => {
    const rules = await parse(`
      // The GUI may start VMs.
      @id("gui starts VMs")
      permit (principal == Source::"gui-vm", action == Command::"StartVM", resource == Module::"admin");
      permit (principal, action in [Command::"Check", Action::"StartVM"], resource)
        when { context.service == "AdminService" && context.VmName like "net-*" };`);
    expect(rules.decide(start('gui-vm'))).toEqual({ allowed: true, rule: 'gui starts VMs, rules.cedar:5' });
    expect(rules.decide(start('net-vm'))).toEqual({ allowed: true, rule: 'rules.cedar:5' });
    expect(rules.decide(start('gui-vm', { VmName: 'a' }))).toEqual({ allowed: true, rule: 'gui starts VMs' });
    expect(rules.decide(start('net-vm', { VmName: 'a' }))).toEqual({ allowed: false });
  });

  it('deny every request when there are no rules', async () => {
    expect(await decide('')).toEqual({ allowed: false });
    expect(await decide('// Nothing yet.\n')).toEqual({ allowed: false });
  });

  it('deny a request that one of them forbids, and name that rule', async () => {
    const text = 'permit (principal, action, resource);\n@id("")\nforbid (principal, action, resource);';
    expect(await decide(text)).toEqual({ allowed: false, rule: 'rules.cedar:2' });
  });

  it('deny a request when one of them cannot be evaluated, whatever the others decide', async () => {
    const text =
      'permit (principal, action, resource);\npermit (principal, action, resource)\n  when { context.Name == "é" };';
    expect(await decide(text)).toEqual({
      allowed: false,
      rule: 'rules.cedar:2',
      error: expect.stringMatching(
        /^\/etc\/givc\/rules\.cedar:3:10: record does not have the attribute `Name`; .*VmName/,
      ),
    });
  });

  it('name in order the first three that cannot be evaluated, each with its error', async () => {
    const wrong = Array.from(
      { length: 12 },
      (_, at) => `permit (principal, action, resource) when { context.A${at} };`,
    );
    const { error, ...decision } = (await decide(wrong.join('\n'))) as { readonly error: string };
    expect(decision).toEqual({ allowed: false, rule: 'rules.cedar:1, rules.cedar:2, rules.cedar:3' });
    const location = (line: number) =>
      `/etc/givc/rules\\.cedar:${line}:45: record does not have the attribute \`A${line - 1}\`; [^;]*`;
    expect(error).toMatch(new RegExp(`^${[1, 2, 3].map(location).join('; ')}$`));
  });

  it('cache the decisions of the last 256 requests', async () => {
    const rules = await parse('permit (principal, action, resource);');
    const cedar = (rules as unknown as { readonly cedar: { statefulIsAuthorized: (call: object) => object } }).cedar;
    let asked = 0;
    const counting = {
      ...cedar,
      statefulIsAuthorized: (call: object) => {
        asked++;
        return cedar.statefulIsAuthorized(call);
      },
    };
    Object.assign(rules, { cedar: counting });
    const ask = (source: string) =>
      expect(rules.decide(start(source))).toEqual({ allowed: true, rule: 'rules.cedar:1' });
    for (let n = 0; n < 3; n++) ask('first');
    expect(asked).toBe(1);
    for (let n = 0; n < 255; n++) ask(`another ${n}`);
    ask('first');
    expect(asked).toBe(256);
    ask('one more');
    ask('first');
    expect(asked).toBe(258);
  });

  it('deny a request that Cedar rejects', async () => {
    const rules = await parse('permit (principal, action, resource);');
    const { context } = start('a');
    expect(rules.decide({ ...start('a'), context: { ...context, n: 0.5 } })).toEqual({
      allowed: false,
      error: 'data did not match any variant of untagged enum RawCedarValueJson',
    });
    expect(rules.decide({ ...start('a'), context: { ...context, s: '\ud800' } })).toEqual({
      allowed: false,
      error: expect.stringMatching(/^unexpected end of hex escape/),
    });
    expect(rules.decide(start('a'))).toEqual({ allowed: true, rule: 'rules.cedar:1' });
  });

  it('name at most three of the rules that decide, however many there are', async () => {
    const all = Array.from({ length: 13 }, (_, at) => `permit (principal == Source::"${at}", action, resource);\n`);
    const rules = await parse(all.join(''));
    for (const at of all.keys())
      expect(rules.decide(start(`${at}`))).toEqual({ allowed: true, rule: `rules.cedar:${at + 1}` });
    expect(await decide('permit (principal, action, resource);\n'.repeat(12))).toEqual({
      allowed: true,
      rule: 'rules.cedar:1, rules.cedar:2, rules.cedar:3',
    });
  });

  it.each([
    ['permit (principal, action, resource)', '1:37: unexpected end of input; expected `;` or identifier'],
    ['\n// é𝄞\n/*', '3:1: unexpected token `/`'],
    ['permit (principal, action, resource) when { "é𝄞" == foo(1) };', '1:53: `foo` is not a valid function'],
    [
      'permit (principal, action == Commando::"a", resource);',
      '1:30: expected an entity uid with type `Command` but got `Commando::"a"`; action entities must have type `Command`',
    ],
    ['permit (\n  principal == ?principal, action, resource);', '2:16: this makes the rule a template'],
  ])('are rejected with the position of the mistake when they do not parse: %j', async (text, mistake) => {
    await expect(parse(text)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`/etc/givc/rules.cedar:${mistake}`),
    });
  });

  it('are rejected with a line for every mistake', async () => {
    const text = 'permit (principal, action, resource) when { a };\npermit (principal, action, resource) when { b };';
    await expect(parse(text)).rejects.toThrow(
      /^\/etc\/givc\/rules\.cedar:1:45: invalid variable: a.*\n\/etc\/givc\/rules\.cedar:2:45: invalid variable: b.*$/,
    );
  });

  it('are rejected with the beginning of a mistake that is long', async () => {
    const error = await parse(`permit (principal, action, resource) when { ${'a'.repeat(50_000)} };`).catch(
      (rejection: Error) => rejection.message,
    );
    expect(error).toMatch(/^\/etc\/givc\/rules\.cedar:1:45: .{1000}…$/);
  });

  it('are rejected with ten of many mistakes, and the number of the others', async () => {
    await expect(parse('permit (principal, action, resource) when { a };\n'.repeat(13))).rejects.toThrow(
      /^(\/etc\/givc\/rules\.cedar:\d+:45: [^\n]*\n){10}and 3 more mistakes$/,
    );
  });

  it('are replaced at once, and kept when the new ones do not parse', async () => {
    const rules = await parse('@id("first") permit (principal, action, resource);');
    rules.replace('@id("second") permit (principal, action, resource);');
    expect(rules.decide(start('a'))).toEqual({ allowed: true, rule: 'second' });
    expect(() => rules.replace('permit')).toThrow('/etc/givc/rules.cedar:1:7: unexpected end of input');
    expect(() => rules.replace('permit (principal == ?principal, action, resource);')).toThrow('template');
    expect(rules.decide(start('a'))).toEqual({ allowed: true, rule: 'second' });
    rules.replace('');
    expect(rules.decide(start('a'))).toEqual({ allowed: false });
  });

  it('decide the same for any number and order of requests', async () => {
    const rules = await parse('permit (principal, action, resource) when { context.VmName like "*2" };');
    const names = Array.from({ length: 300 }, (_, at) => `vm-${at}`);
    const allowed = () => names.filter((VmName) => rules.decide(start('a', { VmName })).allowed);
    const expected = names.filter((name) => name.endsWith('2'));
    expect([allowed(), allowed(), allowed()]).toEqual([expected, expected, expected]);
    const VmName = `${'a'.repeat(5000)}2`;
    expect(rules.decide(start('a', { VmName }))).toEqual({ allowed: true, rule: 'rules.cedar:1' });
    expect(rules.decide(start('a', { VmName: VmName.slice(0, -1) }))).toEqual({ allowed: false });
  });

  it('do not affect other rules in the same process', async () => {
    const open = await parse('permit (principal, action, resource);');
    const closed = await parse('');
    await expect(parse('permit')).rejects.toThrow();
    expect(open.decide(start('a'))).toMatchObject({ allowed: true });
    expect(closed.decide(start('a'))).toEqual({ allowed: false });
  });
});

describe('the word Command', () => {
  const permitted = (condition: string) => decide(`permit (principal, action, resource) when { ${condition} };`);

  it.each([
    'action == Command::"StartVM"',
    'action == Command :: // of the admin\n "StartVM"',
    'action is Command',
    'action in [Command::"Reboot", Command::"StartVM"]',
    '{ Command: "a" }.Command == "a"',
    '"Command::" like "C*::" && "a\\"Command::" like "a*C*" // Command::"a"\n',
    'Other::Command::"a" != Other::Action::"a"',
    'Command::Other::"a" != Action::Other::"a"',
    'MyCommand::"a" != MyAction::"a"',
    '!(principal is Command::Other)',
  ])('stands for an action and nothing else: %s', async (condition) => {
    expect(await permitted(condition)).toEqual({ allowed: true, rule: 'rules.cedar:1' });
  });
});
