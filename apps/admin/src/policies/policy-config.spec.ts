import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPolicyConfig } from './policy-config.js';

const read = (config: object) => readPolicyConfig(JSON.stringify(config), '/store').value;
const git = (source: object) => ({ source: { type: 'git-url', url: 'https://example.org/p.git', ...source } });
const updated = (updater: object) => ({
  source: { type: 'per-policy' },
  policies: { firewall: { vms: ['net-vm'], perPolicyUpdater: { url: 'https://example.org/f', ...updater } } },
});

describe('the configuration of policies', () => {
  it('has the contract’s shape', () => {
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

  it('may be without a source and without policies', () => {
    expect(read({})).toMatchObject({ source: { type: 'none' }, policies: new Map() });
    expect(read({ source: { type: 'none', url: null, branch: '' } })).toMatchObject({ source: { type: 'none' } });
  });

  it('may be in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-policies-'));
    try {
      const path = join(folder, 'policies.json');
      writeFileSync(path, JSON.stringify({ maxBytes: 5 }));
      expect(readPolicyConfig(path, '/store').value.maxBytes).toBe(5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('warns of keys that nobody reads', () => {
    expect(readPolicyConfig('{"polices":{}}', '/store').warnings).toEqual(['polices: nobody reads this key']);
  });

  it.each([
    ['https://example.org/p.git', 'https'],
    ['http://127.0.0.1:8080/p.git', 'http'],
    ['ssh://git@example.org:22/p.git', 'ssh'],
    ['git@example.org:team/p.git', 'ssh'],
    ['git://example.org/p.git', 'git'],
    ['file:///srv/p.git', 'file'],
    ['/srv/p.git', 'file'],
  ])('takes the repository %s', (url, protocol) => {
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
    [''],
  ])('refuses the repository %j', (url) => {
    expect(() => read(git({ url }))).toThrow(/^source\.url: /);
    expect(() => read(git({ url }))).not.toThrow(/secret/);
  });

  it.each(['-x', 'a..b', 'a b', 'a:b', '/a', 'a/', 'a.lock', '+a', 'a~1', '@{-1}', ''])(
    'refuses the branch %j',
    (branch) => {
      expect(() => read(git({ branch }))).toThrow(/^source\.branch: /);
    },
  );

  it.each([
    [
      'an unknown source',
      { source: { type: 'svn' } },
      /^source\.type: one of "none", "git-url" and "per-policy" is needed/,
    ],
    ['a repository without URL', { source: { type: 'git-url' } }, /^source\.url: /],
    ['a negative interval', git({ poll_interval_secs: -1 }), /^source\.poll_interval_secs: -1 is neither 0/],
    ['an interval of years', updated({ poll_interval_secs: 1e9 }), /perPolicyUpdater\.poll_interval_secs: /],
    ['a URL of a file', updated({ url: 'file:///etc/passwd' }), /perPolicyUpdater\.url: .* is no http or https URL/],
    ['a URL with a password', updated({ url: 'http://a:b@c/' }), /perPolicyUpdater\.url: a URL must not have/],
    ['a policy that is a way out', { policies: { '../x': {} } }, /^policies: "\.\.\/x" is no name of a policy/],
    ['a VM that cannot be', { policies: { a: { vms: ['../x'] } } }, /^policies\.a\.vms\[0\]: /],
    ['no room at all', { maxBytes: 0 }, /^maxBytes: 0 is no number of bytes/],
  ])('refuses %s', (_, config, message) => {
    expect(() => read(config)).toThrow(message);
  });

  it('refuses what is no JSON, with the place', () => {
    expect(() => readPolicyConfig('{"a":}', '/store')).toThrow(/^--policy-config:1:6: this is no JSON/);
    expect(() => readPolicyConfig('/nonexistent', '/store')).toThrow(/^cannot read \/nonexistent/);
    expect(() => readPolicyConfig('{}', 'store')).toThrow(/^--policy-store: an absolute path/);
  });
});
