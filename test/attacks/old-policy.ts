// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A permitted caller sends an old policy with its old signature to an agent that has a newer one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@givc/model';
import { policyadmin, policySignature } from '@givc/rpc';
import { TestSigner } from '../support/minisign.js';
import { attack } from './support.js';

const { streamPolicy } = policyadmin.PolicyAdminService;

await attack(async (system) => {
  const signer = new TestSigner();
  const storePath = join(system.folder, 'store');
  const policy = { enable: true, storePath, policies: { firewall: '' }, publicKey: signer.publicKey };
  const agent = await system.startAgent('net-vm', { capabilities: { policy } });
  const channel = system.channel(agent, 'admin-vm');
  const send = (content: string, comment: string): Promise<string> =>
    channel
      .clientStream(streamPolicy, [{ policy_name: 'firewall', policy_chunk: Buffer.from(content) }], {
        metadata: policySignature(signer.sign(content, comment)),
      })
      .then(() => 'installed', messageOf);
  const installed = () => readFileSync(join(storePath, 'firewall', 'policy.bin'), 'utf8');
  for (const [kind, older, newer] of [
    ['a time', 'timestamp:1700000000\tfile:policy.bin', 'timestamp:1700000001\tfile:policy.bin'],
    ['a version', 'policy:firewall version:1', 'policy:firewall version:2'],
  ] as const) {
    const first = await send(`old, with ${kind}`, older);
    const second = await send(`new, with ${kind}`, newer);
    const again = await send(`old, with ${kind}`, older);
    const holds = first === 'installed' && second === 'installed' && installed() === `new, with ${kind}`;
    system.check(`an old policy that was signed with ${kind}`, holds && again !== 'installed', again);
  }
});
