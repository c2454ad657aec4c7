// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printAdmin } from '../../apps/admin/src/admin.print.js';
import { readAdminConfig } from '../../apps/admin/src/admin.config.js';
import { printAgent } from '../../apps/agent/src/agent.print.js';
import { readAgentConfig } from '../../apps/agent/src/agent.config.js';
import { readAgentFlags } from '../../apps/agent/src/agent.flags.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const schema = JSON.parse(
  readFileSync(new URL('../../docs/schema/agent.schema.json', import.meta.url), 'utf8'),
) as Schema;

/** Whether the schema of an agent's configuration has this key, such as `capabilities.services[0]`. */
function isDocumented(key: string): boolean {
  const steps = key.split(/\.|(?=\[)/);
  const has = (at: Schema, [step, ...rest]: readonly string[]): boolean => {
    if (step === undefined) return true;
    const next = step.startsWith('[') ? at.items : at.properties?.[step];
    return (next !== undefined && has(next, rest)) || (at.anyOf ?? []).some((one) => has(one, [step, ...rest]));
  };
  return has(schema, steps);
}

describe('the configuration in force', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-print-'));
  const path = (name: string) => join(folder, name);
  const environment = { ...process.env };
  const transport = (name: string) => ({ name, addr: '127.0.0.1', port: '0', protocol: 'tcp' });
  const agent = {
    identity: { type: 8, subType: 9, name: 'net-vm' },
    network: { admin: { transport: transport('admin-vm') }, agent: { transport: transport('net-vm') } },
    capabilities: { services: ['a.service', 'not a unit'] },
  };

  beforeEach(() => {
    for (const name of ['GIVC_LOG', 'GIVC_AUDIT', 'GIVC_METRICS', 'LISTEN', 'NAME']) delete process.env[name];
    writeFileSync(path('agent.json'), JSON.stringify(agent, null, 1));
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('of an agent is printed with the origin of each value, after the warnings', () => {
    process.env['GIVC_LOG'] = 'debug';
    const { text } = printAgent(readAgentFlags(['-config', path('agent.json'), '-print-config']));
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^# warning: capabilities\.services\[1\]: .*; this entry is left out$/);
    const file = path('agent.json');
    expect(lines).toEqual(
      expect.arrayContaining([
        `config = "${file}"  # from flag --config`,
        'log = "debug"  # from variable GIVC_LOG',
        `identity.type = 8  # from ${file}:3`,
        `identity.name = "net-vm"  # from ${file}:5`,
        `network.admin.transport = ${JSON.stringify(transport('admin-vm'))}  # from ${file}:9`,
        'network.admin.heartbeatMs = 3000  # default',
        'network.tls.enable = true  # default',
        `capabilities.services[0] = "a.service"  # from ${file}:27`,
        'capabilities.wifi.enable = false  # default',
        'accessControl.rulesFile = "/etc/givc-agent-acl/rules.cedar"  # default',
      ]),
    );
    expect(text).not.toContain('"not a unit"  #');
  });

  it('of an agent has only keys that its schema documents', () => {
    const { text } = printAgent(readAgentFlags(['-config', path('agent.json'), '-print-config=json']));
    const { settings } = JSON.parse(text) as { settings: { key: string }[] };
    const keys = settings.map(({ key }) => key).filter((key) => key.includes('.'));
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => !isDocumented(key))).toEqual([]);
    expect(isDocumented('capabilities.exec.isUnlisted')).toBe(false);
  });

  it('of an admin is printed with the origin of each value and without the secrets of its policies', () => {
    const source = { type: 'git-url', url: 'https://example.org/policies.git?token=secret' };
    writeFileSync(path('policies.json'), JSON.stringify({ source, policies: { firewall: { vms: ['net-vm'] } } }));
    process.env['NAME'] = 'admin';
    process.env['CREDENTIALS_DIRECTORY'] = folder;
    const policies = ['--policy-admin', '--policy-config', '%d/policies.json', '--policy-store', '/store'];
    const { text } = printAdmin(readAdminConfig(['--listen', '127.0.0.1:9001', ...policies, '--print-config']));
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^# warning: TLS is off/),
        'listen = ["127.0.0.1:9001"]  # from flag --listen',
        'name = "admin"  # from variable NAME',
        'log = "info"  # default',
        'boot-limit = 30  # default',
        `policy-config = "${path('policies.json')}"  # from flag --policy-config`,
        `policy-config.source.url = "https://example.org/policies.git?***"  # from ${path('policies.json')}:1`,
        `policy-config.maxBytes = 16777216  # default`,
      ]),
    );
    expect(text).not.toContain('secret');
  });

  it.each([
    ['json', '-print-config=json'],
    ['two dashes', '--print-config=json'],
  ])('is one JSON value on one line on request: %s', (_, flag) => {
    process.env['NAME'] = 'admin\u202e';
    const { text } = printAgent(readAgentFlags(['-config', path('agent.json'), flag]));
    expect(text.split('\n')).toHaveLength(2);
    const file = path('agent.json');
    expect(JSON.parse(text)).toEqual({
      warnings: [expect.stringMatching(/^capabilities\.services\[1\]: .*; this entry is left out$/)],
      settings: expect.arrayContaining([
        { key: 'config', value: file, source: 'flag --config' },
        { key: 'identity.type', value: 8, source: `${file}:3` },
        { key: 'network.admin.transport', value: transport('admin-vm'), source: `${file}:9` },
        { key: 'network.admin.heartbeatMs', value: 3000, source: 'default' },
      ]),
    });
  });

  it('has no secrets in JSON either, and other forms are unknown', () => {
    const url = 'https://me:secret@example.org/policies.git?token=secret';
    const source = { type: 'git-url', url: 'https://example.org/policies.git?token=secret' };
    writeFileSync(path('policies.json'), JSON.stringify({ source, policies: { firewall: { vms: ['net-vm'] } } }));
    const policies = ['--policy-admin', '--policy-config', path('policies.json'), '--policy-store', '/store'];
    const flags = ['--listen', '127.0.0.1:9001', '--locale-file', url, ...policies];
    const { text } = printAdmin(readAdminConfig([...flags, '--print-config=json']));
    expect(text).not.toContain('secret');
    const { settings } = JSON.parse(text) as { settings: object[] };
    expect(settings).toEqual(
      expect.arrayContaining([
        { key: 'locale-file', value: 'https://***@example.org/policies.git?***', source: 'flag --locale-file' },
        {
          key: 'policy-config.source.url',
          value: 'https://example.org/policies.git?***',
          source: `${path('policies.json')}:1`,
        },
      ]),
    );
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readAdminConfig([...flags, '--print-config=yaml'])).toThrow();
    expect(written.mock.calls.join('')).toMatch(/argument 'yaml' is invalid\. Allowed choices are text, json/);
    written.mockRestore();
  });

  it('may name files among the credentials of the unit', () => {
    process.env['CREDENTIALS_DIRECTORY'] = '/run/credentials/x';
    const tls = { caCertPath: '%d/ca', certPath: '%d/cert', keyPath: '%d/key', revocationsPath: '%d/revoked' };
    const network = { ...agent.network, tls };
    const accessControl = { enable: true, rulesFile: '%d/rules' };
    writeFileSync(path('agent.json'), JSON.stringify({ ...agent, network, accessControl }));
    const at = (name: string) => `/run/credentials/x/${name}`;
    const access = {
      tls: { ca: at('ca'), cert: at('cert'), key: at('key') },
      revocations: at('revoked'),
      rules: at('rules'),
    };
    expect(readAgentConfig(path('agent.json')).access).toMatchObject(access);
    const flags = ['--tls', '--ca-cert=%d/ca', '--host-cert=%d/cert', '--host-key=%d/key', '--revocations=%d/revoked'];
    const rules = ['--access-control', '--cedar-file=%d/rules'];
    expect(readAdminConfig(['--listen', '127.0.0.1:9001', ...flags, ...rules]).access).toMatchObject(access);
    expect(readAgentFlags(['-config', '%d/agent.json']).config).toBe(at('agent.json'));
  });
});
