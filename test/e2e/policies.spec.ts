import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestSystem, type AgentOptions } from '@givc/testing';
import { listedPolicy, type ListedPolicy } from '../../apps/cli/src/policies/listed-policy.js';
import { cli } from '../support/cli.js';
import { GitRepository } from '../support/git-repository.js';
import { TestSigner } from '../support/minisign.js';
import { WebServer } from '../support/web-server.js';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

describe('the policies of the admin', () => {
  let folder: string;
  let store: string;
  let system: TestSystem;
  let repository: GitRepository;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-policies-'));
    store = join(folder, 'store');
    repository = new GitRepository(join(folder, 'repository'));
  });
  afterEach(async () => {
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (config: object) => {
    system = await TestSystem.start({ tls: false, policies: { config, store } });
  };
  const gitConfig = (vms: readonly string[], more: object = {}) => ({
    source: { type: 'git-url', url: repository.folder, branch: 'main', poll_interval_secs: 0.1, ...more },
    policies: { firewall: { vms } },
  });
  const placeOf = (vm: string) => join(folder, vm, 'rules.json');
  const startVm = (vm: string, { policy, ...options }: AgentOptions & { policy?: object } = {}) => {
    mkdirSync(dirname(placeOf(vm)), { recursive: true });
    const policies = { firewall: placeOf(vm) };
    const capability = { enable: true, storePath: join(folder, vm, 'store'), policies, ...policy };
    return system.startAgent(vm, { ...options, capabilities: { policy: capability } });
  };

  /** Resolves once the policy of this VM is that. */
  const installed = (vm: string, content: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!existsSync(placeOf(vm)) || readFileSync(placeOf(vm), 'utf8') !== content) return;
        watcher.close();
        resolve();
      };
      const watcher = watch(dirname(placeOf(vm)), look);
      look();
    });
  /** Asks until a policy is listed like this. */
  const untilListed = async (expected: { readonly [Key in keyof ListedPolicy]?: string | RegExp }) => {
    const client = system.client();
    for (;;) {
      const { policies } = await client.listPolicies();
      const found = policies.map(listedPolicy).find((one) =>
        Object.entries(expected).every(([key, value]) => {
          const told = one[key as keyof ListedPolicy];
          return typeof value === 'string' ? told === value : value.test(told ?? '');
        }),
      );
      if (found) return found;
    }
  };

  describe('of a git repository', () => {
    it('reach the VMs that subscribe, and follow it forwards and back', async () => {
      const first = repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await start(gitConfig(['net-vm', 'gui-vm']));
      await Promise.all([startVm('net-vm'), startVm('gui-vm'), startVm('chrome-vm')]);
      await Promise.all([installed('net-vm', 'one'), installed('gui-vm', 'one')]);
      repository.commit({ 'vm-policies/firewall/policy.bin': 'two' });
      await Promise.all([installed('net-vm', 'two'), installed('gui-vm', 'two')]);
      repository.reset(first);
      await Promise.all([installed('net-vm', 'one'), installed('gui-vm', 'one')]);
      expect(existsSync(placeOf('chrome-vm'))).toBe(false);
      expect(readFileSync(join(store, 'data/vm-policies/firewall/policy.bin'), 'utf8')).toBe('one');
    });

    it('are listed for each VM by their hash', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await start(gitConfig(['net-vm', 'gui-vm']));
      await startVm('net-vm');
      await untilListed({ vm_name: 'net-vm', state: 'current' });
      expect(JSON.parse((await cli(system, 'policies', '--as-json')).out)).toEqual([
        {
          vm_name: 'net-vm',
          policy: 'firewall',
          state: 'current',
          wanted: sha256('one'),
          delivered: sha256('one'),
          delivered_at: expect.stringMatching(/Z$/),
          problem: null,
          source_problem: null,
        },
        expect.objectContaining({ vm_name: 'gui-vm', state: 'missing', delivered: null }),
      ]);
      const { status, out } = await cli(system, 'policies', '--vm', 'net-vm');
      expect(status).toBe(0);
      expect(out).toMatch(new RegExp(`^net-vm +firewall +current +${sha256('one').slice(0, 12)} .* ago +-$`, 'm'));
      expect(out).not.toContain('gui-vm');
    });

    it('are sent again to a VM that was lost, and not because it repeats its registration', async () => {
      repository.commit({ firewall: 'one' });
      await start(gitConfig(['net-vm']));
      const agent = await startVm('net-vm');
      await installed('net-vm', 'one');
      await untilListed({ state: 'current' });
      const sent = () => system.admin.lines.filter((line) => line.includes('policy sent')).length;
      expect(sent()).toBe(1);
      await agent.close();
      rmSync(placeOf('net-vm'));
      await startVm('net-vm');
      await installed('net-vm', 'one');
      expect(sent()).toBeLessThanOrEqual(2);
    });

    it('of which one is missing do not keep the others, and what was stored stays', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one', 'vm-policies/browser/policy.bin': 'b' });
      const config = gitConfig(['net-vm']);
      await start({ ...config, policies: { ...config.policies, browser: { vms: ['net-vm'] } } });
      await startVm('net-vm', { policy: { policies: { firewall: placeOf('net-vm'), browser: '' } } });
      await untilListed({ policy: 'browser', state: 'current' });
      repository.commit({ 'vm-policies/firewall/policy.bin': 'two', 'vm-policies/browser/policy.bin': undefined });
      await installed('net-vm', 'two');
      expect(
        await untilListed({ policy: 'browser', source_problem: /no file vm-policies\/browser\/policy\.bin/ }),
      ).toMatchObject({ state: 'current', delivered: sha256('b') });
    });

    it('do not take what a symlink leads to', async () => {
      writeFileSync(join(folder, 'secret'), 'secret');
      repository.commitLink('vm-policies/firewall/policy.bin', join(folder, 'secret'));
      await start(gitConfig(['net-vm']));
      await untilListed({ state: 'unknown', source_problem: /the repository has no file/ });
      expect(existsSync(join(store, 'data/vm-policies/firewall/policy.bin'))).toBe(false);
    });

    it('that are too large are refused with their path', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'x'.repeat(101) });
      await start({ ...gitConfig(['net-vm']), maxBytes: 100 });
      const source_problem = '"vm-policies/firewall/policy.bin" is larger than 100 bytes';
      expect(await untilListed({ source_problem })).toMatchObject({ state: 'unknown', wanted: null });
      expect(existsSync(join(store, 'data/vm-policies/firewall/policy.bin'))).toBe(false);
    });

    it('come as soon as the repository is there', async () => {
      await start(gitConfig(['net-vm'], { url: join(folder, 'later'), poll_interval_secs: 0 }));
      await startVm('net-vm');
      await untilListed({ state: 'unknown', source_problem: /^git fetch: / });
      repository = new GitRepository(join(folder, 'later'));
      repository.commit({ firewall: 'late' });
      await installed('net-vm', 'late');
      expect(await untilListed({ state: 'current' })).toMatchObject({ source_problem: null });
    });

    it('are there after a restart of the admin although the repository is gone', async () => {
      repository.commit({ firewall: 'one' });
      await start(gitConfig(['net-vm']));
      await untilListed({ wanted: sha256('one') });
      await system.admin.close();
      rmSync(repository.folder, { recursive: true });
      await system.startAdmin({ policies: { config: gitConfig(['net-vm']), store } });
      await startVm('net-vm');
      await installed('net-vm', 'one');
      expect(await untilListed({ source_problem: /^git fetch: / })).toMatchObject({ wanted: sha256('one') });
    });

    it('carry their signature to agents that ask for one', async () => {
      const signer = new TestSigner();
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await start(gitConfig(['net-vm']));
      await startVm('net-vm', { policy: { publicKey: signer.publicKey } });
      await untilListed({ state: 'missing', problem: /net-vm: policy "firewall": it is not signed/ });
      expect(existsSync(placeOf('net-vm'))).toBe(false);
      repository.commit({ 'vm-policies/firewall/policy.bin.minisig': signer.sign('one', 'policy:firewall') });
      await installed('net-vm', 'one');
    });
  });

  it('reach everybody else although one VM does not take them', async () => {
    repository.commit({ firewall: 'one' });
    await start(gitConfig(['gui-vm', 'net-vm']));
    await system.startAgent('gui-vm');
    await startVm('net-vm');
    await installed('net-vm', 'one');
    const problem = /capabilities\.policy\.enable in its configuration enables it/;
    expect(await untilListed({ vm_name: 'gui-vm', problem })).toMatchObject({ state: 'missing', delivered: null });
  });

  it('are not listed by an admin that sends none', async () => {
    system = await TestSystem.start({ tls: false });
    const { status, err } = await cli(system, 'policies');
    expect(status).not.toBe(0);
    expect(err).toContain('POLICY_ADMIN=true');
  });

  describe('of a web server', () => {
    let server: WebServer;
    beforeEach(async () => {
      server = await WebServer.start();
    });
    afterEach(() => server.stop());

    const config = (more: object = {}) => ({
      source: { type: 'per-policy' },
      policies: {
        firewall: {
          vms: ['net-vm'],
          perPolicyUpdater: { url: server.url('/firewall'), poll_interval_secs: 0.1, ...more },
        },
      },
    });
    /** Serves this, with the header, and 304 to who names it in the other header. */
    const serve = (content: string, header?: string, value?: string, condition?: string) =>
      server.on('/firewall', (request, response) => {
        if (condition && request.headers[condition] === value) response.writeHead(304).end();
        else response.writeHead(200, header && value ? { [header]: value } : {}).end(content);
      });

    it.each([
      ['ETag', '"v1"', 'if-none-match'],
      ['Last-Modified', 'Tue, 24 Nov 2026 12:00:00 GMT', 'if-modified-since'],
    ])('are fetched again only when its %s says so', async (header, value, condition) => {
      serve('one', header, value, condition);
      await start(config());
      await startVm('net-vm');
      await installed('net-vm', 'one');
      serve('not to be fetched', header, value, condition);
      await server.asked('GET /firewall', 3);
      expect(readFileSync(placeOf('net-vm'), 'utf8')).toBe('one');
      serve('two', header, value.replace('1', '2').replace('Tue', 'Wed'), condition);
      await installed('net-vm', 'two');
    });

    it('without either are compared by their hash', async () => {
      serve('one');
      await start(config());
      await startVm('net-vm');
      await installed('net-vm', 'one');
      await server.asked('GET /firewall', 3);
      expect(system.admin.lines.filter((line) => line.includes('policy stored'))).toHaveLength(1);
      serve('two');
      await installed('net-vm', 'two');
    });

    it('are asked for by HEAD where the configuration says so', async () => {
      serve('one');
      server.on('/head', (_, response) => response.writeHead(200, { etag: '"1"' }).end());
      await start(config({ head: server.url('/head') }));
      await startVm('net-vm');
      await installed('net-vm', 'one');
      await server.asked('HEAD /head', 3);
      expect(server.requests.filter((request) => request === 'GET /firewall')).toHaveLength(1);
    });

    it('are fetched once with an interval of 0, also after a restart, with the ETag of before', async () => {
      serve('one', 'ETag', '"v1"', 'if-none-match');
      await start(config({ poll_interval_secs: 0 }));
      await untilListed({ wanted: sha256('one') });
      await system.admin.close();
      const stored = server.requests.length;
      serve('not to be fetched', 'ETag', '"v1"', 'if-none-match');
      await system.startAdmin({ policies: { config: config({ poll_interval_secs: 0 }), store } });
      await server.asked('GET /firewall', 2);
      await startVm('net-vm');
      await installed('net-vm', 'one');
      expect(server.requests.length - stored).toBeLessThanOrEqual(2);
    });

    it.each([
      ['answers 500', (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(500).end()), /: it answers 500$/],
      [
        'redirects in circles',
        (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(302, { location: '/firewall' }).end()),
        /redirects more than 5 times/,
      ],
      [
        'redirects to a file',
        (s: WebServer) => s.on('/firewall', (_, r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end()),
        /redirects to where nobody follows/,
      ],
      [
        'sends too much',
        (s: WebServer) =>
          s.on('/firewall', (_, r) => {
            const more = (): void => {
              while (r.write(Buffer.alloc(10_000)));
              r.once('drain', more);
            };
            more();
          }),
        /larger than 100000 bytes/,
      ],
      [
        'breaks off',
        (s: WebServer) =>
          s.on('/firewall', (_, r) => {
            r.writeHead(200, { 'content-length': '100' });
            r.write('half', () => r.destroy());
          }),
        /127\.0\.0\.1:\d+: /,
      ],
    ])('stay what they are when it %s', async (_, fail, problem) => {
      serve('one');
      await start({ ...config(), maxBytes: 100_000 });
      await startVm('net-vm');
      await installed('net-vm', 'one');
      fail(server);
      expect(await untilListed({ source_problem: problem })).toMatchObject({ wanted: sha256('one') });
      expect(readFileSync(placeOf('net-vm'), 'utf8')).toBe('one');
      serve('two');
      await installed('net-vm', 'two');
    });

    it('carry the signature that lies beside them', async () => {
      const signer = new TestSigner();
      serve('one', 'ETag', '"v1"', 'if-none-match');
      await start(config());
      await startVm('net-vm', { policy: { publicKey: signer.publicKey } });
      await untilListed({ problem: /it is not signed/ });
      expect(existsSync(placeOf('net-vm'))).toBe(false);
      server.on('/firewall.minisig', (_, response) => response.end(signer.sign('one')));
      await installed('net-vm', 'one');
    });
  });
});
