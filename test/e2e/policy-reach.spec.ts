// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync, readdirSync } from 'node:fs';
import type { PeerCertificate } from 'node:tls';
import * as fc from 'fast-check';
import { Access, Audit, Authorizer, ExplainedRules, Revocations, Rules, authorizationRequest } from '@givc/access';
import { Log } from '@givc/log';
import { instanceOfUnit, type UnitName, type VmName } from '@givc/model';
import { parseAgentConfig, type AgentConfig } from '../../apps/agent/src/agent.config.js';
import { AgentConfiguration } from '../../apps/cli/src/policy/agent-configuration.js';
import { onwardCall } from '../../apps/cli/src/policy/onward-call.js';
import { reachOf } from '../../apps/cli/src/policy/reach.js';

const admin = 'admin-vm';
const machine = 'chrome-vm';
const units = '/systemd.UnitControlService';

const sources = ['gui-vm', 'net-vm', 'ghaf-host'];

const rule = fc
  .record({
    effect: fc.constantFrom('permit', 'permit', 'permit', 'forbid'),
    principal: fc.constantFrom('principal', ...[...sources, admin].map((name) => `principal == Source::"${name}"`)),
    action: fc.constantFrom(
      ...[
        'action',
        'action',
        'action == Command::"StartApplication"',
        'action in [Command::"StopUnit", Command::"StopApplication"]',
      ],
    ),
    resource: fc.constantFrom('resource', 'resource == Module::"admin"', 'resource == Module::"systemd"'),
    condition: fc.constantFrom(
      ...['', '', 'when { principal == Source::"net-vm" || action == Command::"StartUnit" }'],
      ...['when { context has VmName && context.VmName == "chrome-vm" }', 'unless { context has Args }'],
      ...['when { context has Args && context.Args.contains("x") }', 'when { context.AppName like "c*" }'],
      'unless { context has UnitName && context.UnitName like "*@0.service" }',
    ),
  })
  .map(
    ({ effect, principal, action, resource, condition }) =>
      `${effect} (${principal}, ${action}, ${resource}) ${condition};\n`,
  );
const ruleSets = fc.array(rule, { maxLength: 6 }).map((rules) => rules.join(''));

const requests = ['chrome', 'files'].flatMap((AppName) =>
  ['chrome-vm', 'net-vm', '', undefined].flatMap((VmName) =>
    [[], ['x']].map((Args) => ({ AppName, Args, ...(VmName !== undefined && { VmName }) })),
  ),
);

interface Settings {
  readonly services: readonly string[];
  readonly applications: readonly string[];
  readonly enable: boolean;
  readonly adminOnly: boolean;
}

const transport = (name: string) => ({ name, addr: '192.168.100.9', port: '9000', protocol: 'tcp' });
const configOf = ({ services, applications, ...accessControl }: Settings): object => ({
  identity: { type: 12, subType: 13, name: machine, parent: '' },
  network: { admin: { transport: transport(admin) }, agent: { transport: transport(machine) } },
  capabilities: { services, applications: applications.map((name) => ({ name, command: '/bin/true' })) },
  accessControl,
});

const settings = fc.record<Settings>({
  services: fc.subarray(['web.service', 'a@0.service']),
  applications: fc.subarray(['chrome', 'files']),
  enable: fc.boolean(),
  adminOnly: fc.boolean(),
});

/** The call of a client, and for the admin the call to the agent that follows from it. */
const calls = fc.oneof(
  fc
    .tuple(fc.constantFrom('StartApplication', 'StopApplication'), fc.constantFrom(...requests))
    .map(([command, request]) => ({
      path: `/admin.AdminService/${command}`,
      request: request,
      passedOn: command === 'StartApplication' ? `${units}/StartApplication` : `${units}/StopUnit`,
    })),
  fc
    .record({
      command: fc.constantFrom('StartApplication', 'StartUnit', 'GetUnitStatus'),
      UnitName: fc.constantFrom(
        'web.service',
        'a@0.service',
        'chrome@0.service',
        'files@1.service',
        `givc-${machine}.service`,
      ),
    })
    .map(({ command, UnitName }) => ({
      path: `${units}/${command}`,
      request: { UnitName, ...(command === 'StartApplication' && { Args: [] }) },
      passedOn: undefined,
    })),
);

async function authorizerOf(rules: string | undefined, changesOnlyFrom?: VmName): Promise<Authorizer> {
  const audit = new Audit({ write: () => undefined, reload: () => undefined, close: () => undefined });
  const parsed = rules === undefined ? undefined : await Rules.parse(rules, 'r');
  const access = new Access({ identity: undefined, rules: parsed, audit, denial: 'denied', changesOnlyFrom });
  return new Authorizer(access, audit, new Log('error', () => undefined, false));
}

/** Whether the agent's own code accepts the unit. */
function isAllowed({ allowlist, capabilities }: AgentConfig, path: string, unit: string): boolean {
  if (!path.endsWith('/StartApplication')) return allowlist.has(unit as UnitName);
  const instance = instanceOfUnit(unit as UnitName);
  return capabilities.applications.some(({ name }) => name === instance?.application);
}

describe('the reach of a call', () => {
  it('is what the daemons decide, for random rules, revocations and configurations of agents', async () => {
    const revoked = fc.subarray([...sources, admin]);
    const answers = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        calls,
        ruleSets,
        ruleSets,
        settings,
        revoked,
        async (call, adminRules, agentRules, chosen, names) => {
          const { path, passedOn } = call;
          const json = configOf(chosen);
          const config = parseAgentConfig(json);
          const revocations = Revocations.parse(names.map((name) => `name ${name}`).join('\n'), 'revoked');
          const adminAuthorizer = await authorizerOf(adminRules);
          const agentAuthorizer = await authorizerOf(
            chosen.enable ? agentRules : undefined,
            config.access.changesOnlyFrom,
          );
          const isRevoked = (name: string) =>
            revocations.rejection({
              subjectaltname: `DNS:${name}`,
              serialNumber: '01',
              valid_from: '',
              valid_to: '',
            } as PeerCertificate) !== undefined;
          const decides = (authorizer: Authorizer, name: string, rpc: string, request: object) =>
            !isRevoked(name) &&
            (authorizer.decide({ peer: { name } as never, address: undefined }, rpc, request)?.allowed ?? true);
          const atAgent = (name: string, rpc: string, request: { readonly UnitName: string }) =>
            decides(agentAuthorizer, name, rpc, request) && isAllowed(config, rpc, request.UnitName);

          const { AppName, VmName, Args } = call.request as { AppName: string; VmName?: string; Args: string[] };
          const target = VmName || (path.endsWith('StartApplication') ? `${AppName}-vm` : undefined);
          const onAgent = { UnitName: `${AppName}@0.service`, ...(passedOn?.endsWith('StartApplication') && { Args }) };
          const expected = (name: string): boolean => {
            if (passedOn === undefined) return atAgent(name, path, call.request);
            if (!decides(adminAuthorizer, name, path, call.request)) return false;
            return target !== machine || atAgent(admin, passedOn, onAgent);
          };

          const agent = AgentConfiguration.parse(json);
          const rules = agent.hasRules ? await ExplainedRules.parse(agentRules, 'r') : undefined;
          const daemon = { name: machine, agent, rules };
          const asked = authorizationRequest('', path, call.request);
          const passed = await onwardCall(path, asked, agent.admin);
          const rows = reachOf(
            {
              called:
                passedOn === undefined
                  ? [daemon]
                  : [{ name: 'admin', rules: await ExplainedRules.parse(adminRules, 'r') }],
              onward: passed?.machine === machine ? { daemon, call: passed.call } : undefined,
              revocations,
              names: [...sources, admin],
            },
            path,
            asked,
          );
          expect(rows.map(({ source }) => source)).toEqual([...[...sources, admin].sort(), undefined]);
          for (const { source, answer } of rows) {
            answers.add(answer);
            expect([source, answer]).toEqual([source, expected(source ?? 'unnamed-vm') ? 'permitted' : 'refused']);
          }
        },
      ),
      { numRuns: 60 },
    );
    expect([...answers].sort()).toEqual(['permitted', 'refused']);
  });

  const examples = [
    ...readdirSync('test/lab/ghaf').map((name) => [
      `Ghaf's ${name}`,
      readFileSync(`test/lab/ghaf/${name}/config.json`, 'utf8'),
    ]),
    ['the documentation', /^```json\n([^]*?)^```/m.exec(readFileSync('docs/agent-configuration.md', 'utf8'))![1]!],
  ] as [string, string][];

  it.each(examples)('takes the same units from the configuration as an agent does: %s', (_, text) => {
    const json: unknown = JSON.parse(text);
    const config = parseAgentConfig(json);
    const agent = AgentConfiguration.parse(json);
    const { units: allowed } = config.allowlist;
    const { adminVm, systemVms, appVms } = allowed.vmServices;
    const listed = [allowed.agent, ...allowed.services, adminVm, ...systemVms, ...appVms, ...allowed.dbusProxies];
    const named = listed.filter((unit) => unit !== undefined);
    const others = [
      'x.service',
      'google-chrome@0.service',
      'chromium@0.service',
      'google-chrome.service',
      'x@0.service',
    ];
    for (const unit of [...named, ...others] as UnitName[])
      expect([unit, agent.hasUnit(unit)]).toEqual([unit, config.allowlist.has(unit)]);
    expect([agent.name, agent.changesOnlyFrom, agent.hasRules]).toEqual([
      ...[config.settings.name, config.access.changesOnlyFrom, config.access.rules !== undefined],
    ]);
  });
});
