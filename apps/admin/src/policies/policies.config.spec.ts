// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPoliciesConfig } from './policies.config.js';

const readAll = (config: object) => readPoliciesConfig(JSON.stringify(config), '/store');
const read = (config: object) => readAll(config).value;
const git = (source: object) => ({ source: { type: 'git-url', url: 'https://example.org/p.git', ...source } });
const updated = (updater: object) => ({
  source: { type: 'per-policy' },
  policies: { firewall: { vms: ['net-vm'], perPolicyUpdater: { url: 'https://example.org/f', ...updater } } },
});

describe('the configuration of policies', () => {
  it('accepts the format of the contract', () => {
    expect(read({ ...updated({ head: null, poll_interval_secs: 60 }), ...git({ branch: 'main' }) })).toEqual({
      source: {
        type: 'git-url',
        url: { url: 'https://example.org/p.git', protocol: 'https' },
        branch: 'main',
        poll_interval_secs: 300,
      },
      policies: new Map([
        [
          'firewall',
          {
            vms: ['net-vm'],
            perPolicyUpdater: { url: new URL('https://example.org/f'), head: undefined, poll_interval_secs: 60 },
          },
        ],
      ]),
      maxBytes: 16 * 1024 * 1024,
      store: '/store',
    });
  });

  it('accepts a missing source and missing policies', () => {
    expect(read({})).toMatchObject({ source: { type: 'none' }, policies: new Map() });
    expect(read({ source: { type: 'none', url: null, branch: '' } })).toMatchObject({ source: { type: 'none' } });
  });

  it('can be read from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-policies-'));
    try {
      const path = join(folder, 'policies.json');
      writeFileSync(path, JSON.stringify({ maxBytes: 5 }));
      expect(readPoliciesConfig(path, '/store').value.maxBytes).toBe(5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('warns of unknown keys', () => {
    expect(readPoliciesConfig('{"polices":{}}', '/store').warnings).toEqual(['polices: unknown key']);
  });

  it.each([
    ['https://example.org/p.git', 'https'],
    ['http://127.0.0.1:8080/p.git', 'http'],
    ['ssh://git@example.org:22/p.git', 'ssh'],
    ['git@example.org:team/p.git', 'ssh'],
    ['git://example.org/p.git', 'git'],
    ['file:///srv/p.git', 'file'],
    ['/srv/p.git', 'file'],
  ])('accepts the repository %s', (url, protocol) => {
    expect(read(git({ url }))).toMatchObject({ source: { url: { url, protocol } } });
  });

  it.each([
    ['ext::sh -c id'],
    ['ext::id'],
    ['fd::7'],
    ['--upload-pack=id'],
    ['-oProxyCommand=id@example.org:p'],
    ['git@-oProxyCommand=id:p'],
    ['ssh://-oProxyCommand=id/p'],
    ['git@example.org:--upload-pack'],
    ['relative/p.git'],
    ['ftp://example.org/p.git'],
    ['https://user:secret@example.org/p.git'],
    ['https://token@example.org/p.git'],
    ['https://example.org/p\n.git'],
  ])('leaves out the repository %j', (url) => {
    const { value, warnings } = readAll(git({ url }));
    expect(value.source).toEqual({ type: 'none' });
    expect(warnings).toEqual([expect.stringMatching(/^source\.url: .*; the source is left out$/s)]);
    expect(warnings[0]).not.toContain('secret');
  });

  it.each(['-x', 'a..b', 'a b', 'a:b', '/a', 'a/', 'a.lock', '+a', 'a~1', '@{-1}'])(
    'leaves out a repository with the branch %j',
    (branch) => {
      for (const key of ['branch', 'ref']) {
        const { value, warnings } = readAll(git({ [key]: branch }));
        expect(value.source).toEqual({ type: 'none' });
        expect(warnings).toEqual([expect.stringMatching(new RegExp(`^source\\.${key}: .*; the source is left out$`))]);
      }
    },
  );

  it.each([
    [{ branch: 'main' }, 'main'],
    [{ ref: 'main' }, 'main'],
    [{ branch: 'main', ref: 'other' }, 'main'],
    [{ branch: '', ref: 'main' }, 'main'],
    [{ branch: null, ref: '' }, undefined],
  ])('reads the branch of %j', (keys, branch) => {
    expect(read(git(keys)).source).toMatchObject({ type: 'git-url', branch });
  });

  it('warns of URLs that the source does not use, and of policies without a URL', () => {
    const idle = (type: string, url: string) =>
      readAll({
        source: { type, url: 'https://x.org/y' },
        policies: { a: { vms: ['net-vm'], perPolicyUpdater: { url } } },
      }).warnings;
    const unused = 'policies.a.perPolicyUpdater.url: only a source of type "per-policy" uses it';
    expect(idle('none', 'https://x.org/a')).toEqual([unused]);
    expect(idle('git-url', 'https://x.org/a')).toEqual([unused]);
    expect(idle('per-policy', 'https://x.org/a')).toEqual([]);
    expect(idle('none', '')).toEqual([]);
    expect(readAll({ source: { type: 'per-policy' }, policies: { a: { vms: ['net-vm'] } } }).warnings).toEqual([
      'policies.a.perPolicyUpdater.url: no URL is named, so this policy has no source',
    ]);
  });

  it.each([[null], [''], [undefined]])('ignores a source with the URL %j, with a warning', (url) => {
    expect(readAll(git({ url }))).toMatchObject({
      value: { source: { type: 'none' } },
      warnings: ['source.url: no repository is named, so no policy comes from one'],
    });
    expect(readAll(updated({ url }))).toMatchObject({
      value: { policies: new Map([['firewall', { vms: ['net-vm'], perPolicyUpdater: undefined }]]) },
      warnings: ['policies.firewall.perPolicyUpdater.url: no URL is named, so this policy has no source'],
    });
  });

  it.each([
    [
      'an unknown source',
      { source: { type: 'svn' } },
      /^source\.type: invalid type: expected "none", "git-url" or "per-policy"/,
    ],
    [
      'a negative interval',
      git({ poll_interval_secs: -1 }),
      /^source\.poll_interval_secs: invalid interval -1: expected 0/,
    ],
    ['an interval of years', updated({ poll_interval_secs: 1e9 }), /perPolicyUpdater\.poll_interval_secs: /],
    [
      'a URL of a file',
      updated({ url: 'file:///etc/passwd' }),
      /perPolicyUpdater\.url: invalid URL .*: expected http or https/,
    ],
    ['a URL with a password', updated({ url: 'http://a:b@c/' }), /perPolicyUpdater\.url: a URL must not have/],
    [
      'a name that leaves the folder',
      { policies: { '../x': {} } },
      /^policies\["\.\.\/x"\]: invalid policy name "\.\.\/x"/,
    ],
    ['an invalid VM', { policies: { a: { vms: ['../x'] } } }, /^policies\.a\.vms\[0\]: /],
  ])('leaves out %s', (_, config, message) => {
    const { warnings } = readAll(config);
    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(warnings[0]).toMatch(/; (the source|the policy|this entry) is left out$/);
  });

  it('leaves out only the policy that has a mistake, or the VM that is invalid', () => {
    const policies = { '../x': {}, a: { vms: ['../x', 'net-vm'] }, b: { vms: 7 }, c: { vms: ['gui-vm'] } };
    expect([...read({ policies }).policies]).toEqual([
      ['a', { vms: ['net-vm'], perPolicyUpdater: undefined }],
      ['c', { vms: ['gui-vm'], perPolicyUpdater: undefined }],
    ]);
  });

  it.each([{}, { type: '' }, { type: null, url: '' }, null, ''])('ignores the source %j', (source) => {
    expect(readAll({ source })).toMatchObject({ value: { source: { type: 'none' } }, warnings: [] });
  });

  it('warns of a policy without VMs', () => {
    for (const vms of [[], null, undefined])
      expect(readAll({ policies: { a: { vms }, b: { vms: ['net-vm'] } } }).warnings).toEqual([
        'policies.a.vms: no VM is named, so this policy is sent to none',
      ]);
  });

  it('is rejected when the size limit is 0', () => {
    expect(() => read({ maxBytes: 0 })).toThrow(/^--policy-config: maxBytes: invalid size 0/);
  });

  it('rejects invalid JSON with its line and column', () => {
    expect(readPoliciesConfig('\ufeff{}', '/store')).toEqual(readPoliciesConfig('{}', '/store'));
    expect(() => readPoliciesConfig('{"a":}', '/store')).toThrow(/^--policy-config:1:6: invalid JSON/);
    expect(() => readPoliciesConfig('/nonexistent', '/store')).toThrow(/^cannot read \/nonexistent/);
    expect(() => readPoliciesConfig('{}', 'store')).toThrow(
      /^invalid --policy-store "store": expected an absolute path/,
    );
  });
});
