// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { cedarSchemas, services, type Rpc } from '@givc/rpc';
import { loadCedar } from './cedar.js';
import { checkRules } from './check-rules.js';
import { authorizationRequest } from './authorization-request.js';

const admin = { file: 'admin.cedarschema', text: cedarSchemas.admin };
const agent = { file: 'agent.cedarschema', text: cedarSchemas.agent };
const check = async (text: string, schemas = [admin, agent]) => {
  const { findings } = await checkRules(text, 'r.cedar', schemas);
  return findings.map(({ location, severity, what }) => `${location}: ${severity}: ${what}`);
};

describe('a check of rules', () => {
  it('finds no mistake in a rule that is valid for the admin or for an agent', async () => {
    const text = `
      permit (principal, action == Command::"StartVM", resource == Module::"admin") when { context.VmName == "a" };
      permit (principal, action == Action::"StartUnit", resource == Module::"systemd") when { context.UnitName == "a" };
      permit (principal, action, resource == Module::"grpc");
      forbid (principal, action, resource) when { context has Cachix && context.Cachix.Pin like "*" };`;
    expect(await checkRules(text, 'r.cedar', [admin, agent])).toEqual({ rules: 4, findings: [] });
    expect(await check(text, [admin])).toEqual([
      expect.stringMatching(/^r\.cedar:3:36: error/),
      expect.stringMatching(/^r\.cedar:3:69: error/),
    ]);
    expect(await check(text, [agent])).toEqual([
      expect.stringMatching(/^r\.cedar:2:36: error/),
      expect.stringMatching(/^r\.cedar:2:68: error/),
      expect.stringMatching(/^r\.cedar:5:7: warning/),
    ]);
  });

  it('reports the position of a mistake, and what was probably intended', async () => {
    expect(
      await check(`permit (principal, action == Command::"StartVN", resource == Module::"admin");
permit (principal, action == Command::"StartUnit", resource == Module::"systemd")
  when { "é" != context.UnitNam };
permit (principal == Sorce::"a", action, resource);
permit (principal, action == Command::"StartApplication", resource == Module::"admin") when { context.VmName == "a" };`),
    ).toEqual([
      expect.stringMatching(
        /^r\.cedar:1:30: error: unrecognized action `Command::"StartVN"`; did you mean .*"StartVM"`\?$/,
      ),
      expect.stringMatching(
        /^r\.cedar:3:17: error: attribute `UnitNam` in context for Command::"StartUnit" not found; did you mean `UnitName`\?$/,
      ),
      expect.stringMatching(/^r\.cedar:4:22: error: unrecognized entity type `Sorce`; did you mean `Source`\?$/),
      expect.stringMatching(
        /^r\.cedar:5:95: error: unable to guarantee safety .*; try testing .* `context has VmName && \.\.`$/,
      ),
    ]);
  });

  it('warns of a rule that can never match', async () => {
    const never = 'warning: this rule can never match';
    expect(
      await check(`permit (principal == Module::"admin", action, resource);
permit (principal, action, resource) when { context has Nmae };
@id("a") permit (principal, action == Command::"StartVM", resource == Module::"grpc");
permit (principal, action in [Command::"StartUnit", Command::"GetStats"], resource == Module::"exec");
permit (principal, action in [Command::"StartUnit", Command::"GetStats"], resource == Module::"stats");
permit (principal, action == Command::"Watch", resource == Module::"grpc.health.v1");`),
    ).toEqual([
      `r.cedar:1:1: ${never}: no call is asked like this`,
      `r.cedar:2:1: ${never}: no call is asked like this`,
      `r.cedar:3:1: ${never}: StartVM is asked of Module::"admin"`,
      `r.cedar:4:1: ${never}: StartUnit is asked of Module::"systemd", GetStats is asked of Module::"stats"`,
    ]);
    expect(
      await check(`permit (principal, action == Command::"Watch", resource == Module::"grpc");
permit (principal, action == Command::"StartVM", resource in Module::"grpc");
permit (principal, action, resource == Module::"grpc");
permit (principal, action == Command::"StartVM", resource is Module);`),
    ).toEqual([
      `r.cedar:1:1: ${never}: Watch is asked of Module::"admin" and Module::"grpc.health.v1"`,
      `r.cedar:2:1: ${never}: StartVM is asked of Module::"admin"`,
    ]);
  });

  it('distinguishes a rule that can never match from one with a warning about a part of it', async () => {
    expect(
      await check(`// é
  @id("é")
  permit (principal == Module::"admin", action, resource)
  ; permit (principal == Source::"é", action, resource) unless { "a\u202eb" == "é" };
forbid (principal, action, resource) when { context has Nmae && "a\u202eb" == "é" };`),
    ).toEqual([
      'r.cedar:2:3: warning: this rule can never match: no call is asked like this',
      expect.stringMatching(/^r\.cedar:4:66: warning: string .* BIDI control characters$/),
      expect.stringMatching(/^r\.cedar:5:65: warning: string .* BIDI control characters$/),
      'r.cedar:5:1: warning: this rule can never match: no call is asked like this',
    ]);
  });

  it('passes on warnings of Cedar, except those that follow from an error', async () => {
    expect(
      await check(`permit (principal == Source::"say_\u04bbello", action, resource);
permit (principal == Source::"say_\u04bbello", action == Command::"StartVM", resource) when { context.Nmae == "" };`),
    ).toEqual([
      'r.cedar:1:1: warning: identifier `say_\u04bbello` contains mixed scripts',
      expect.stringMatching(/^r\.cedar:2:\d+: error: /),
    ]);
  });

  it('reports the findings of the first schema when two schemas find equally many mistakes', async () => {
    const schema = (name: string) => ({
      file: name,
      text: `entity Source; entity Module; action A appliesTo {
        principal: Source, resource: Module, context: { ${name}: String } };`,
    });
    const rule = 'permit (principal, action == Command::"A", resource) when { context.Nme == "a" };';
    for (const [first, second] of [
      ['Name', 'Nam'],
      ['Nam', 'Name'],
    ] as const)
      expect(await check(rule, [schema(first), schema(second)])).toEqual([
        `r.cedar:1:61: error: attribute \`Nme\` in context for Command::"A" not found; did you mean \`${first}\`?`,
      ]);
  });

  it('finds every syntax error, and then evaluates no schema', async () => {
    expect(
      await check(
        'permit (principal, action, resource) when { a };\nforbid (principal == ?principal, action, resource);',
      ),
    ).toEqual([
      'r.cedar:2:22: error: this makes the rule a template, which is not supported: name the principal or the resource',
    ]);
    expect(
      await check('permit (principal, action, resource) when { a };\npermit (principal, action, resource) when { b };'),
    ).toEqual([
      expect.stringMatching(/^r\.cedar:1:45: error: invalid variable: a;/),
      expect.stringMatching(/^r\.cedar:2:45: error: invalid variable: b;/),
    ]);
  });

  it('rejects a schema that does not parse, with the position', async () => {
    const broken = check('', [{ file: 's.cedarschema', text: '// é\nentity Source;\nentity ;' }]);
    await expect(broken).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^s\.cedarschema:3:8: /),
    });
  });
});

describe('the schema', () => {
  it.each(['admin', 'agent'] as const)('is generated from proto/ for the %s in cedar/', (name) => {
    const text = readFileSync(new URL(`../../../../cedar/${name}.cedarschema`, `file://${__filename}`), 'utf8');
    // Otherwise: npm run generate -- --schemas
    expect(text).toBe(cedarSchemas[name]);
  });

  it('covers every authorization request of a daemon', async () => {
    const cedar = await loadCedar();
    const all = Object.entries(services) as [string, Record<string, Rpc<unknown, unknown>>][];
    for (const [name, methods] of all)
      for (const { path, requestStream, requestDeserialize } of Object.values(methods)) {
        const request = requestStream ? undefined : requestDeserialize(Buffer.of());
        const { source, command, module, context } = authorizationRequest('a', path, request);
        const ask = (schema: string) =>
          cedar.isAuthorized({
            principal: { type: 'Source', id: source },
            action: { type: 'Action', id: command },
            resource: { type: 'Module', id: module },
            context,
            schema,
            validateRequest: true,
            policies: { staticPolicies: '' },
            entities: [],
          });
        const isGeneral = name.startsWith('grpc.');
        const isAdmin = /^(admin|report)\.|^history\.HistoryService$/.test(name);
        if (isGeneral || isAdmin)
          expect([path, ask(admin.text)]).toEqual([path, expect.objectContaining({ type: 'success' })]);
        if (isGeneral || !isAdmin)
          expect([path, ask(agent.text)]).toEqual([path, expect.objectContaining({ type: 'success' })]);
      }
  });
});
