// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig, parseJson } from '@givc/config';
import * as z from 'zod/mini';
import { parseAgentConfig } from '../../apps/agent/src/agent.config.js';
import { readPoliciesConfig } from '../../apps/admin/src/policies/policies.config.js';
import { readInventory } from '../../apps/cli/src/certs/inventory.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { jsonLike, jsonTexts } from './engine/values.js';

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const machines = ['admin-vm', 'chrome-vm', 'gui-vm', 'host', 'net-vm'];
const agents = machines.map((machine) => read(`test/lab/ghaf/${machine}/config.json`));
const [, policyConfig = ''] =
  /^POLICY_CONFIG=(.*)$/m.exec(readFileSync('test/lab/ghaf/admin-vm/environment', 'utf8')) ?? [];

/** The error shows at most ten mistakes, each with its path and a quoted value, and the number of further ones. */
const rejection = { reasons: ['INVALID_ARGUMENT' as const], messageMax: 11 * 2_000, hasLines: true };

function requireWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) {
    requirePlain(warning, 'a warning');
    assert(warning.length <= 2_500, `a warning has ${warning.length} characters`);
  }
}

const capabilities = {
  exec: {
    enable: true,
    commands: [
      { command: '/bin/log', args: ['show', ['--since', '*'], '...'], users: ['root'], environment: ['TERM'] },
    ],
  },
  dbusProxy: {
    enable: true,
    proxies: [
      { name: 'a', bus: 'system', socket: '/run/a/b.sock', filter: { talk: ['org.x.*'], call: ['org.x=*@/a'] } },
    ],
  },
  policy: { enable: true, storePath: '/etc/policies', policies: { firewall: '/etc/firewall/rules.json' } },
};

export const agentConfigurations = target({
  ...{ name: 'agent-configurations', parses: 'parseAgentConfig of apps/agent: the whole configuration', rejection },
  input: jsonLike(
    [...agents, { ...(agents[0] as object), capabilities }],
    ['enable', 'transport', '/run/x.sock', 'a.service'],
  ),
  outputMax: 1024 * 1024,
  parse: (json) => parseAgentConfig(json),
  accepted: ({ warnings, settings, capabilities: allowed }) => {
    requireWarnings(warnings);
    assert.equal(settings.unit, `givc-${settings.name}.service`);
    for (const name of [settings.self.name, settings.admin.name])
      assert.match(name, /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/);
    for (const { command } of allowed.applications) assert(command[0].startsWith('/') && !command.includes('\0'));
    for (const { command, environment } of allowed.exec.commands ?? []) {
      assert(command.startsWith('/'), command);
      assert(!environment.some((name) => name === 'PATH' || name.startsWith('LD_')), 'a variable of the loader');
    }
    for (const [policy, destination] of allowed.policy.policies)
      assert(!policy.includes('/') && !destination.split('/').includes('..'), `${policy}: ${destination}`);
  },
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const policyConfigurations = target({
  ...{ name: 'policy-configurations', parses: 'readPoliciesConfig of apps/admin: POLICY_CONFIG', rejection },
  input: jsonTexts(
    [
      JSON.parse(policyConfig),
      {
        source: { type: 'git-url', url: 'https://example.org/p.git', branch: 'main', poll_interval_secs: 300 },
        policies: {},
      },
    ],
    ['vms', 'per-policy', 'git-url', 'ext::sh', 'https://user:secret@example.org/', '../x'],
  ).map((text) => `{${text.replace(/^[^{]*\{/, '')}`),
  // The error for invalid JSON shows a part of it to the author of the file.
  secrets: (text) => (isJson(text) ? [/user:([^@"]*)@/.exec(text)?.[1] ?? ''] : []),
  pump: { seeds: [policyConfig], input: (text) => `{${text}` },
  outputMax: 1024 * 1024,
  parse: (text) => readPoliciesConfig(text, '/var/lib/givc/policies'),
  accepted: ({ value, warnings }) => {
    requireWarnings(warnings);
    const { source, policies } = value;
    if (source.type === 'git-url') assert.doesNotMatch(source.url.url, /\s|^-|^[a-z0-9]+::/);
    for (const [name, { perPolicyUpdater }] of policies) {
      assert(!name.includes('/') && !name.startsWith('.'), name);
      if (perPolicyUpdater) assert(['http:', 'https:'].includes(perPolicyUpdater.url.protocol));
    }
  },
});

const inventory = {
  machines: [
    {
      name: 'net-vm',
      addresses: ['192.168.101.6', 'fd00::6'],
      days: 30,
      keyType: 'p256',
      usage: 'both',
      image: { type: 'ext4', size: '1M' },
    },
    { name: 'gui-vm' },
  ],
};

/** Writes a file, reads it at once and removes it. */
function withFile<Value>(text: string, use: (file: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), 'givc-fuzz-'));
  try {
    writeFileSync(join(folder, 'file'), text);
    return use(join(folder, 'file'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const inventories = target({
  ...{ name: 'inventories', parses: 'readInventory of apps/cli: the machines of certs issue-all', rejection },
  input: jsonTexts([inventory], ['ext4', '64M', 'rsa', 'ed25519']),
  pump: { seeds: [JSON.stringify(inventory)], input: (text) => text },
  parse: (text) => withFile(text, readInventory),
  accepted: (all) => {
    assert(all.length >= 1 && all.length <= 1_000);
    const names = all.map(({ name }) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length, 'two machines have one name');
    for (const { addresses } of all) assert.equal(new Set(addresses).size, addresses.length);
  },
});

const schema = z.strictObject({ name: z.string(), ports: z.optional(z.array(z.number())) });

export const jsonFiles = target({
  ...{
    name: 'json-files',
    parses: 'parseJson and parseConfig of libs/config: JSON that is damaged, or of another shape',
    rejection,
  },
  input: jsonTexts(
    [{ name: 'a', ports: [1, 2] }, [1, 'b', null], '\u2028'],
    ['{', '}', '[', ']', ',', ':', '"', '\\u0'],
  ),
  pump: { seeds: ['{"name":"a","ports":[1,2]}', '[[', '"\\u0041'], input: (text) => text },
  outputMax: Infinity,
  parse: (text) => {
    const json = parseJson('/etc/givc/agent.json', text);
    return { json, config: parseConfig(schema, json) };
  },
  accepted: ({ json, config }, text) => {
    assert.equal(JSON.stringify(json), JSON.stringify(JSON.parse(text.replace(/^\ufeff/, ''))));
    assert.deepEqual(config.value.name, (json as { name: string }).name);
    requireWarnings(config.warnings);
  },
});
