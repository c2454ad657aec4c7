// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyadmin, policySignature } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { TestSigner } from '../support/minisign.js';

const { streamPolicy } = policyadmin.PolicyAdminService;

describe('the signed policies of an agent', () => {
  const signer = new TestSigner();
  let store: string;
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
  });
  afterAll(() => system.close());
  beforeEach(async () => {
    store = mkdtempSync(join(tmpdir(), 'givc-signed-policy-'));
    await start();
  });
  afterEach(async () => {
    await agent.close();
    rmSync(store, { recursive: true });
  });

  const start = async (more: object = {}) => {
    const policies = { firewall: '', browser: '' };
    const policy = { enable: true, storePath: store, policies, publicKey: signer.publicKey, ...more };
    agent = await system.startAgent('net-vm', { capabilities: { policy } });
  };
  const restart = async (more: object = {}) => {
    await agent.close();
    await start(more);
  };
  /** Sends a policy that is signed with this trusted comment, or is unsigned without one. */
  const send = (content: string, comment?: string, policy_name = 'firewall') =>
    system.channel(agent).clientStream(streamPolicy, [{ policy_name, policy_chunk: Buffer.from(content) }], {
      metadata: policySignature(comment === undefined ? undefined : signer.sign(content, comment)),
    });
  const stored = (name = 'firewall') => readFileSync(join(store, name, 'policy.bin'), 'utf8');
  const denied = (message: string) => ({ reason: 'PERMISSION_DENIED', message: expect.stringContaining(message) });

  it('are rejected when they are older than the previous one, even after a restart of the agent', async () => {
    await send('one', 'policy:firewall version:1');
    await send('two', 'policy:firewall version:2');
    for (let time = 0; time < 2; time++) {
      await expect(send('one', 'policy:firewall version:1')).rejects.toMatchObject(
        denied('policy "firewall": it is signed with version 1, after one with 2; sign what is to be installed'),
      );
      expect(stored()).toBe('two');
      await restart();
    }
  });

  it('may be sent again unchanged, and are rejected with the version of another policy', async () => {
    await send('two', 'version:2');
    await send('two', 'by me\tversion:2');
    await expect(send('other', 'version:2')).rejects.toMatchObject(
      denied('another one was signed with version 2, too'),
    );
    expect(stored()).toBe('two');
  });

  it('are rolled back by an old one that is signed again with a higher version', async () => {
    await send('one', 'version:1');
    await send('two', 'version:2');
    await send('one', 'version:3');
    expect(stored()).toBe('one');
    await restart();
    await expect(send('two', 'version:2')).rejects.toMatchObject(denied('version 2, after one with 3'));
    expect(stored()).toBe('one');
  });

  it('are compared by the time of their signature, which minisign writes by default, when they have no version', async () => {
    const at = (seconds: number) => `timestamp:${seconds}\tfile:policy.bin\thashed`;
    await send('one', at(1_700_000_000));
    await send('two', at(1_700_000_001));
    await expect(send('one', at(1_700_000_000))).rejects.toMatchObject(denied('timestamp 1700000000, after one with'));
    await expect(send('other', at(1_700_000_001))).rejects.toMatchObject(
      denied('another one was signed with timestamp'),
    );
    await expect(send('one', 'by me')).rejects.toMatchObject(denied('it is signed without a timestamp'));
    await send('three', 'version:0');
    await expect(send('four', at(1_900_000_000))).rejects.toMatchObject(denied('it is signed without a version'));
    expect(stored()).toBe('three');
  });

  it('replace each other when they have neither a version nor a time', async () => {
    for (const content of ['one', 'two', 'one']) await send(content, 'policy:firewall');
    expect(stored()).toBe('one');
  });

  it('have a version of their own for each name', async () => {
    await send('one', 'version:9');
    await send('one', 'version:1', 'browser');
    expect([stored(), stored('browser')]).toEqual(['one', 'one']);
  });

  it('are recorded while an agent accepts unsigned ones', async () => {
    await send('two', 'version:2');
    await restart({ publicKey: null });
    await send('unsigned');
    await restart();
    await expect(send('one', 'version:1')).rejects.toMatchObject(denied('version 1, after one with 2'));
    await send('two', 'version:2');
    expect(stored()).toBe('two');
  });

  it.each(['version:-1', 'version:1e3', 'version:1.2', `version:${'9'.repeat(16)}`])(
    'are rejected with an invalid version: %s',
    async (word) => {
      await expect(send('one', `policy:firewall ${word}`)).rejects.toMatchObject(
        denied('its trusted comment has version "'),
      );
    },
  );

  it('have to name their policy when the configuration requires it', async () => {
    await restart({ requireName: true });
    for (const comment of ['version:1', 'timestamp:1700000000\tfile:policy:firewall', 'policy: firewall'])
      await expect(send('one', comment)).rejects.toMatchObject(denied('capabilities.policy.requireName'));
    await expect(send('one', 'policy:browser')).rejects.toMatchObject(denied('it is signed as policy "browser"'));
    await send('one', 'version:1 policy:firewall');
    expect(stored()).toBe('one');
  });
});
