// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parseAgentConfig } from '../../apps/agent/src/agent.config.js';
import { readPoliciesConfig } from '../../apps/admin/src/policies/policies.config.js';
import { schemas } from '../../scripts/configuration-schemas.js';

type Json = Record<string, unknown>;

/** The first JSON block of a page. */
const exampleOf = (page: string): Json =>
  JSON.parse(/^```json\n([^]*?)^```/m.exec(readFileSync(page, 'utf8'))![1]!) as Json;

const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
/** Of the drafts, ajv's main module has 7, whose keywords mean the same here. */
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
const [agent, policies] = ['agent', 'policies'].map((name) => {
  const { $schema, ...schema } = read(`docs/schema/${name}.schema.json`);
  expect($schema).toBe('https://json-schema.org/draft/2020-12/schema');
  return ajv.compile(schema);
});
const mistakes = (validate: NonNullable<typeof agent>, value: unknown): string[] => {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** The example of the documentation, with a value at this path. */
function withValue(path: string, value: unknown): Json {
  const json = exampleOf('docs/agent-configuration.md');
  const keys = path.split('.');
  const parent = keys.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, json);
  parent[keys.at(-1)!] = value;
  return json;
}

describe('the JSON Schema', () => {
  it.each(Object.keys(schemas))('in docs/schema is that of the code (npm run docs): %s', (name) => {
    expect(read(`docs/schema/${name}`)).toEqual(schemas[name]);
  });

  it.each(Object.keys(schemas))('describes every key: %s', (name) => {
    const missing: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties')
          for (const [property, schema] of Object.entries(value as Record<string, Json>))
            if (!schema['description']) missing.push(`${path}/${property}`);
        visit(value, `${path}/${key}`);
      }
    };
    visit(schemas[name], '');
    expect(missing).toEqual([]);
  });

  it('of an agent accepts the example of the documentation', () => {
    expect(mistakes(agent!, withValue('accessControl', {}))).toEqual([]);
  });

  it.each(readdirSync('test/lab/ghaf'))('of an agent accepts the configuration that Ghaf writes for %s', (machine) => {
    expect(mistakes(agent!, read(`test/lab/ghaf/${machine}/config.json`))).toEqual([]);
  });

  it('of POLICY_CONFIG accepts the example of the documentation, and a source whose keys are all unset', () => {
    const example = exampleOf('docs/policies.md');
    expect(mistakes(policies!, { $schema: 'policies.schema.json', ...example })).toEqual([]);
    expect(mistakes(policies!, { source: { type: null, url: '' }, policies: null })).toEqual([]);
  });

  it.each([
    ['$schema', 'agent.schema.json'],
    ['network.tls', null],
    ['network.tls.enable', ''],
    ['network.tls.caCertPath', null],
    ['network.admin.heartbeatMs', null],
    ['network.admin.transport.port', 9001],
    ['identity.parent', ''],
    ['capabilities', ''],
    ['capabilities.services', null],
    ['capabilities.socketProxy', null],
    ['capabilities.policy.policies', { firewall: '' }],
  ])('of an agent and its parser both accept %s: %j', (path, value) => {
    const json = withValue(path, value);
    expect(mistakes(agent!, json)).toEqual([]);
    expect(parseAgentConfig(json).warnings.filter((line) => line.startsWith(path))).toEqual([]);
  });

  it.each([
    ['identity.type', undefined],
    ['identity.name', 5],
    ['network.admin.heartbeatMs', 99],
    ['network.agent.transport.port', true],
    ['network.tls.enable', 'yes'],
    ['capabilities.services', 'web.service'],
    ['capabilities.wifi.enable', 'true'],
    ['capabilities.exec.maxRunning', 1.5],
    ['capabilities.applications.0.args', ['folder']],
    ['capabilities.socketProxy.sockets.1.mode', '0999'],
    ['capabilities.wi-fi', { enable: true }],
  ])('of an agent and its parser both reject %s: %j', (path, value) => {
    const json = JSON.parse(JSON.stringify(withValue(path, value))) as Json;
    expect(mistakes(agent!, json)).not.toEqual([]);
    const found = () => {
      const { warnings } = parseAgentConfig(json);
      if (warnings.length > 0) throw new Error(warnings.join('\n'));
    };
    expect(found).toThrow(path.replace(/\.(\d+)/g, '[$1]'));
  });

  it('of an agent and its parser require the same keys', () => {
    const pathsOf = (value: unknown, path: readonly string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, one]) => [[...path, key], ...pathsOf(one, [...path, key])])
        : [];
    const paths = pathsOf(exampleOf('docs/agent-configuration.md')).filter((path) => !/^\d+$/.test(path.at(-1)!));
    const required = (path: readonly string[]): [schema: boolean, parser: boolean] => {
      const json = JSON.parse(JSON.stringify(withValue(path.join('.'), undefined))) as Json;
      const found = (): string => {
        try {
          return parseAgentConfig(json).warnings.join('\n');
        } catch (error) {
          return String(error);
        }
      };
      return [
        mistakes(agent!, json).join().includes('must have required'),
        /it is missing|invalid port: expected a string/.test(found()),
      ];
    };
    const results = paths.map((path) => [path.join('.'), ...required(path)]);
    expect(results.filter(([, ...both]) => both[0] !== both[1])).toEqual([]);
    expect(results.filter(([, schema]) => schema).length).toBeGreaterThan(20);
  });

  it.each([
    [{ maxBytes: 0 }, 'maxBytes'],
    [{ polices: {} }, 'polices'],
    [{ source: { type: 'svn' } }, 'source'],
    [{ policies: { firewall: { vms: 'net-vm' } } }, 'policies.firewall.vms'],
  ])('of POLICY_CONFIG and its parser both reject %j', (json, mistake) => {
    expect(mistakes(policies!, json)).not.toEqual([]);
    const found = () => {
      const { warnings } = readPoliciesConfig(JSON.stringify(json), '/store');
      if (warnings.length > 0) throw new Error(warnings.join('\n'));
    };
    expect(found).toThrow(mistake);
  });
});
