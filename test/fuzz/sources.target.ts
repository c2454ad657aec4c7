// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { GivcError, type PolicyName } from '@givc/model';
import { fileOfPolicy, parseTree } from '../../apps/admin/src/policies/repository-tree.js';
import { parseBranch, parseRepository } from '../../apps/admin/src/policies/repository-url.js';
import { parseWebUrl } from '../../apps/admin/src/policies/web-url.js';
import { parseGenerations } from '../../apps/admin/src/updates/generations.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';
import { jsonTexts } from './engine/values.js';

const id = '0123456789abcdef0123456789abcdef01234567';
const listings = [
  `100644 blob ${id}      12\tvm-policies/firewall/policy.bin\x00100644 blob ${id}     100\tvm-policies/firewall/policy.bin.minisig\x00`,
  `100755 blob ${id}       3\tfirewall\x00120000 blob ${id}       3\tlink\x00160000 commit ${id}       -\tsub\x00`,
];

export const gitTrees = target({
  ...{ name: 'git-trees', parses: 'parseTree and fileOfPolicy of apps/admin: a repository of policies' },
  input: bytesLike(
    listings.map((text) => Buffer.from(text)),
    ['100644 blob ', '\0', '\t', '../', 'vm-policies/', '\n'],
  ),
  rejection: { reasons: ['NOT_FOUND', 'FAILED_PRECONDITION'], messageMax: 20_000 },
  pump: { seeds: listings, input: (text) => Buffer.from(text) },
  parse: (listing) => {
    const tree = parseTree(listing);
    try {
      return { tree, file: fileOfPolicy('firewall' as PolicyName, tree, 50) };
    } catch (error) {
      if (error instanceof GivcError) requirePlain(error.message);
      throw error;
    }
  },
  accepted: ({ tree, file }) => {
    for (const one of tree) {
      assert.match(one.id, /^[0-9a-f]{40,64}$/);
      assert(!one.path.includes('\0') && one.path !== '');
    }
    assert(!(file.content.bytes > 50), 'it is too large');
    if (file.signature) assert.equal(file.signature.path, `${file.content.path}.minisig`);
  },
});

const urls = [
  ...[
    'https://example.org/p.git',
    'git@example.org:p.git',
    'ssh://git@example.org/p',
    'file:///srv/p',
    '/srv/p.git',
    'git://h/p',
  ],
  ...[
    'https://user:secretword@example.org/p',
    'main',
    'feature/a-b',
    'refs/heads/x',
    'https://example.org/proxy.pac?x=y',
  ],
];

export const repositories = target({
  ...{ name: 'repositories', parses: 'parseRepository, parseBranch and parseWebUrl of apps/admin' },
  input: texts(urls, ['ext::', '-u', '--upload-pack=', '://', '@', ':', '..', '.lock', '~', '^', 'user:secretword@']),
  secrets: (text) => (text.includes('secretword@') ? ['secretword'] : []),
  pump: { seeds: urls, input: (text) => text },
  parse: (text) => {
    if (!/[:/]/.test(text)) return { branch: parseBranch('branch', text) };
    return {
      repository: parseRepository('url', text),
      web: text.startsWith('http') ? parseWebUrl('url', text) : undefined,
    };
  },
  accepted: ({ branch, repository, web }, text) => {
    assert(!text.startsWith('-'), 'git would take it for an option');
    if (branch !== undefined) {
      assert.match(branch, /^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}$/);
      assert(!/\.\.|@\{|\.lock$|\/$/.test(branch), branch);
    }
    if (repository) {
      assert.doesNotMatch(repository.url, /[\s\p{Cc}]|^[A-Za-z0-9]+::/u);
      assert(['https', 'http', 'ssh', 'git', 'file'].includes(repository.protocol));
    }
    if (web) assert(['http:', 'https:'].includes(web.protocol) && web.password === '');
  },
});

const generation = {
  ...{
    name: 'a',
    generation: 12,
    nixosVersion: '25.05.20250612.fd48718',
    kernelVersion: '6.12.1',
    nixpkgsRevision: null,
  },
  ...{
    configurationRevision: 'abc',
    storePath: '/nix/store/x',
    current: true,
    booted: true,
    bootable: true,
    default: false,
  },
  bootspec: { 'org.nixos.specialisation.v1': { debug: {} } },
};

export const generations = target({
  ...{
    name: 'generations',
    parses: 'parseGenerations of apps/admin: what ota-update get prints',
    outputMax: 1_000 * 20_000,
  },
  input: jsonTexts([[generation], [generation, { ...generation, bootspec: null }], []], ['generation', 'bootspec']),
  rejection: { reasons: ['INTERNAL'] },
  pump: { seeds: [JSON.stringify([generation])], input: (text) => text },
  parse: (text) => parseGenerations(text),
  accepted: (all) => {
    for (const one of all) {
      assert(Number.isInteger(one.Generation));
      assert.match(one.Date, /^(\d{4}-\d{2}-\d{2})?$/);
      assert(one.Specialisations.length <= 64);
      for (const text of [
        one.NixosVersion,
        one.KernelVersion,
        one.ConfigurationRevision,
        one.StorePath,
        ...one.Specialisations,
      ]) {
        assert(text.length <= 1_024);
        requirePlain(text);
      }
    }
  },
});
