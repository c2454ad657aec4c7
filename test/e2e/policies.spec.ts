// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestSystem } from '@givc/testing';
import { cli } from '../support/cli.js';
import { GitRepository } from '../support/git-repository.js';
import { TestSigner } from '../support/minisign.js';
import { PolicySystem, sha256 } from '../support/policy-system.js';

describe('the policies of the admin', () => {
  let policies: PolicySystem;
  let repository: GitRepository;

  beforeEach(() => {
    policies = new PolicySystem();
    repository = new GitRepository(join(policies.folder, 'repository'));
  });
  afterEach(() => policies.close());

  const gitConfig = (vms: readonly string[], more: object = {}) => ({
    source: { type: 'git-url', url: repository.folder, branch: 'main', poll_interval_secs: 0.1, ...more },
    policies: { firewall: { vms } },
  });

  describe('the policies of a git repository', () => {
    it('reach the VMs that subscribe, and follow the branch forwards and back', async () => {
      const first = repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await policies.start(gitConfig(['net-vm', 'gui-vm']));
      await Promise.all([policies.startVm('net-vm'), policies.startVm('gui-vm'), policies.startVm('chrome-vm')]);
      await Promise.all([policies.installed('net-vm', 'one'), policies.installed('gui-vm', 'one')]);
      repository.commit({ 'vm-policies/firewall/policy.bin': 'two' });
      await Promise.all([policies.installed('net-vm', 'two'), policies.installed('gui-vm', 'two')]);
      repository.reset(first);
      await Promise.all([policies.installed('net-vm', 'one'), policies.installed('gui-vm', 'one')]);
      expect(existsSync(policies.placeOf('chrome-vm'))).toBe(false);
      expect(readFileSync(join(policies.store, 'data/vm-policies/firewall/policy.bin'), 'utf8')).toBe('one');
    });

    it('are listed for each VM by their hash', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await policies.start(gitConfig(['net-vm', 'gui-vm']));
      await policies.startVm('net-vm');
      await policies.untilListed({ vm_name: 'net-vm', state: 'current' });
      expect(JSON.parse((await cli(policies.system, 'policy', 'status', '--as-json')).out)).toEqual([
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
      const { status, out } = await cli(policies.system, 'policy', 'status', '--vm', 'net-vm');
      expect(status).toBe(0);
      expect(out).toMatch(new RegExp(`^net-vm +firewall +current +${sha256('one').slice(0, 12)} .* ago +-$`, 'm'));
      expect(out).not.toContain('gui-vm');
      const former = await cli(policies.system, 'policies', '--as-json', '--vm', 'gui-vm');
      const present = await cli(policies.system, 'policy', 'status', '--as-json', '--vm', 'gui-vm');
      expect(former).toEqual(present);
    });

    it('are not listed for a VM that is unknown or has none', async () => {
      repository.commit({ firewall: 'one' });
      await policies.start(gitConfig(['net-vm']));
      await policies.startVm('net-vm');
      await policies.startVm('gui-vm');
      const unknown = await cli(policies.system, 'policy', 'status', '--vm', 'nte-vm');
      expect(unknown).toMatchObject({ status: 1, out: '' });
      expect(unknown.err).toMatch(/^givc-cli: VM "nte-vm" is unknown: did you mean "net-vm"\? .*\n$/);
      expect(await cli(policies.system, 'policy', 'status', '--as-json', '--vm', 'gui-vm')).toEqual({
        status: 0,
        out: '[]\n',
        err: 'givc-cli: there is no policy for gui-vm\n',
      });
    });

    it('are sent again to a VM that was lost, and not to one that repeats its registration', async () => {
      repository.commit({ firewall: 'one' });
      await policies.start(gitConfig(['net-vm']));
      const agent = await policies.startVm('net-vm');
      await policies.installed('net-vm', 'one');
      await policies.untilListed({ state: 'current' });
      const sent = () => policies.system.admin.lines.filter((line) => line.includes('policy sent')).length;
      expect(sent()).toBe(1);
      await agent.close();
      rmSync(policies.placeOf('net-vm'));
      await policies.startVm('net-vm');
      await policies.installed('net-vm', 'one');
      expect(sent()).toBeLessThanOrEqual(2);
    });

    it('are sent although one of them is missing, whose stored version stays', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one', 'vm-policies/browser/policy.bin': 'b' });
      const config = gitConfig(['net-vm']);
      await policies.start({ ...config, policies: { ...config.policies, browser: { vms: ['net-vm'] } } });
      await policies.startVm('net-vm', { policy: { policies: { firewall: policies.placeOf('net-vm'), browser: '' } } });
      await policies.untilListed({ policy: 'browser', state: 'current' });
      repository.commit({ 'vm-policies/firewall/policy.bin': 'two', 'vm-policies/browser/policy.bin': undefined });
      await policies.installed('net-vm', 'two');
      expect(
        await policies.untilListed({ policy: 'browser', source_problem: /no file vm-policies\/browser\/policy\.bin/ }),
      ).toMatchObject({ state: 'current', delivered: sha256('b') });
    });

    it('do not follow symlinks', async () => {
      writeFileSync(join(policies.folder, 'secret'), 'secret');
      repository.commitLink('vm-policies/firewall/policy.bin', join(policies.folder, 'secret'));
      await policies.start(gitConfig(['net-vm']));
      await policies.untilListed({ state: 'unknown', source_problem: /the repository has no file/ });
      expect(existsSync(join(policies.store, 'data/vm-policies/firewall/policy.bin'))).toBe(false);
    });

    it('are rejected with their path when they are too large', async () => {
      repository.commit({ 'vm-policies/firewall/policy.bin': 'x'.repeat(101) });
      await policies.start({ ...gitConfig(['net-vm']), maxBytes: 100 });
      const source_problem = '"vm-policies/firewall/policy.bin" is larger than 100 bytes';
      expect(await policies.untilListed({ source_problem })).toMatchObject({ state: 'unknown', wanted: null });
      expect(existsSync(join(policies.store, 'data/vm-policies/firewall/policy.bin'))).toBe(false);
    });

    it('arrive as soon as the repository exists', async () => {
      await policies.start(gitConfig(['net-vm'], { url: join(policies.folder, 'later'), poll_interval_secs: 0 }));
      await policies.startVm('net-vm');
      await policies.untilListed({ state: 'unknown', source_problem: /^git fetch: / });
      repository = new GitRepository(join(policies.folder, 'later'));
      repository.commit({ firewall: 'late' });
      await policies.installed('net-vm', 'late');
      expect(await policies.untilListed({ state: 'current' })).toMatchObject({ source_problem: null });
    });

    it('are available after a restart of the admin although the repository is missing', async () => {
      repository.commit({ firewall: 'one' });
      await policies.start(gitConfig(['net-vm']));
      await policies.untilListed({ wanted: sha256('one') });
      await policies.system.admin.close();
      rmSync(repository.folder, { recursive: true });
      await policies.system.startAdmin({ policies: { config: gitConfig(['net-vm']), store: policies.store } });
      await policies.startVm('net-vm');
      await policies.installed('net-vm', 'one');
      expect(await policies.untilListed({ source_problem: /^git fetch: / })).toMatchObject({ wanted: sha256('one') });
    });

    it('have their signature for agents that require one', async () => {
      const signer = new TestSigner();
      repository.commit({ 'vm-policies/firewall/policy.bin': 'one' });
      await policies.start(gitConfig(['net-vm']));
      await policies.startVm('net-vm', { policy: { publicKey: signer.publicKey } });
      await policies.untilListed({ state: 'missing', problem: /net-vm: policy "firewall": it is not signed/ });
      expect(existsSync(policies.placeOf('net-vm'))).toBe(false);
      repository.commit({ 'vm-policies/firewall/policy.bin.minisig': signer.sign('one', 'policy:firewall') });
      await policies.installed('net-vm', 'one');
    });
  });

  it('reach all other VMs although one VM does not accept them', async () => {
    repository.commit({ firewall: 'one' });
    await policies.start(gitConfig(['gui-vm', 'net-vm']));
    await policies.system.startAgent('gui-vm');
    await policies.startVm('net-vm');
    await policies.installed('net-vm', 'one');
    const problem = /capabilities\.policy\.enable in its configuration enables it/;
    expect(await policies.untilListed({ vm_name: 'gui-vm', problem })).toMatchObject({
      state: 'missing',
      delivered: null,
    });
  });

  it('are not listed by an admin that sends none', async () => {
    policies.system = await TestSystem.start({ tls: false });
    const { status, err } = await cli(policies.system, 'policy', 'status');
    expect(status).not.toBe(0);
    expect(err).toContain('POLICY_ADMIN=true');
  });
});
