// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { parseEndpoint } from '@givc/model';
import { GrpcDialer, policyadmin, readTlsMaterial, RpcChannel, TlsIdentity } from '@givc/rpc';
import { type Lab } from './lab.js';
import { addresses, agentPort, certificatesOf, labPolicy } from './plan.js';
import { sharedLab } from './shared-lab.js';

const { name, destination, repository, content } = labPolicy;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Listed {
  readonly vm_name: string;
  readonly state: string;
  readonly delivered: string | null;
}

describe('a policy', () => {
  let lab: Lab;
  const machine = (vm: 'net-vm' | 'admin-vm') => lab.machine(vm);
  const inNetVm = async (...command: string[]) => (await machine('net-vm').run(command)).stdout;
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=lab', '-c', 'user.email=lab@example.org'];
    const { status, stderr } = await machine('admin-vm').run(['git', '-C', repository, ...identity, ...args]);
    if (status !== 0) throw new Error(stderr);
  };
  /** Resolves once net-vm has installed this text, since a time of `Date.now()`, and the policy is listed. */
  const delivered = async (text: string, since = 0) => {
    const sent = `policy sent policy=${name} vm=net-vm sha256=${sha256(text)}`;
    await machine('admin-vm').logged('givc-admin.service', sent, { since });
    const { stdout } = await lab.cli(['policy', 'status', '--as-json', '--vm', 'net-vm']);
    const [listed] = JSON.parse(stdout) as Listed[];
    expect(listed?.delivered).toBe(sha256(text));
    return listed;
  };

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('is installed in net-vm from a git repository in admin-vm', async () => {
    expect(await delivered(content)).toMatchObject({ vm_name: 'net-vm', state: 'current' });
    expect(await inNetVm('cat', destination)).toBe(content);
    expect(await inNetVm('cat', `/var/lib/givc/policies/${name}/policy.bin`)).toBe(content);
    expect(await inNetVm('stat', '-c', '%a %U', destination)).toBe('644 root\n');
    const { stdout } = await lab.cli(['policy', 'status']);
    expect(stdout).toMatch(new RegExp(`^net-vm +${name} +current +${sha256(content).slice(0, 12)} `, 'm'));
  });

  it('arrives when the admin runs again after it was changed and changed back while the admin was stopped', async () => {
    const whileAway = async (change: () => Promise<unknown>, text: string) => {
      const since = Date.now();
      await machine('admin-vm').systemctl('stop', 'givc-admin.service');
      await change();
      await machine('admin-vm').systemctl('start', 'givc-admin.service');
      await delivered(text, since);
      expect(await inNetVm('cat', destination)).toBe(text);
    };
    await whileAway(async () => {
      await machine('admin-vm').run(['truncate', '--size=0', `${repository}/vm-policies/${name}/policy.bin`]);
      await git('commit', '--quiet', '--all', '--message=nothing is allowed');
    }, '');
    await whileAway(() => git('reset', '--quiet', '--hard', 'HEAD^'), content);
  });

  it('is rejected when the disk has no space for it, and the old one stays', async () => {
    const store = '/var/lib/givc/policies/large';
    const files = `${certificatesOf('operator')}/`;
    const tls = readTlsMaterial({ ca: `${files}ca-cert.pem`, cert: `${files}cert.pem`, key: `${files}key.pem` });
    const transport = { Protocol: 'tcp', Address: addresses['net-vm'], Port: String(agentPort), Name: 'net-vm' };
    const channel = new RpcChannel(parseEndpoint('agent', transport), new GrpcDialer(new TlsIdentity(tls)));
    const send = (chunks: number) => {
      const messages = function* () {
        yield { policy_name: 'large', policy_chunk: Buffer.alloc(0) };
        for (let at = 0; at < chunks; at++) yield { policy_name: '', policy_chunk: Buffer.alloc(16_384, 'x') };
      };
      return channel.clientStream(policyadmin.PolicyAdminService.streamPolicy, messages(), { deadlineMs: 20_000 });
    };
    await machine('net-vm').run(['mkdir', '-p', store]);
    await machine('net-vm').run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', store]);
    try {
      expect(await send(1)).toEqual({ Status: 'Success' });
      await expect(send(8)).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: expect.stringMatching(/^cannot write .*\/large\/policy\.bin: ENOSPC/),
      });
      expect(await inNetVm('sh', '-c', `ls -A ${store}; stat -c %s ${store}/policy.bin`)).toBe('policy.bin\n16384\n');
    } finally {
      channel.close();
      await machine('net-vm').run(['umount', store]);
    }
  });
});
