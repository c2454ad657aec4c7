// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import type { PolicyName } from '@givc/model';
import { policySignature } from '@givc/rpc';
import { parseMinisignKey } from './minisign.js';
import { settled, useFakeTime } from '../../fixtures/fake-time.fixture.js';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import { FakePolicyCall } from './policy-call.fixture.js';
import type { PolicyConfig } from './policy.config.js';
import { PolicyInstaller } from './policy-installer.js';
import { PolicyRecord } from './policy-record.js';
import { PolicyService } from './policy.service.js';

const silenceMs = 15_000;
const queue = 'the policies that arrive';
const firewall = 'firewall' as PolicyName;
/** Made by minisign 0.11, with the trusted comment `policy:firewall 2026-11-24`. */
const signed = {
  publicKey: 'RWQYCUIbG+ABI9o1k/XAB/sa+jETBXDIAdeI3GyIYIxUdgQOM5b71XL7',
  policy: '{"allow":["https"]}\n',
  signature: [
    'untrusted comment: signature from minisign secret key',
    'RUQYCUIbG+ABI321GBxPHKRhMAZViS2OaIS4g0EOxFYUJcujE2e41hVod1vgSbxqAUtz65VIUDd6uOj1Y4cu70hcvK6PKZoQdg4=',
    'trusted comment: policy:firewall 2026-11-24',
    'wFe5mWN3j2YtYSMVyRDzzZrx7vSPVybNg/FVgL9KCX1G/QrNp/P1h8bGHYMu2gGN997/QtLGrVuh013YWL0DDg==\n',
  ].join('\n'),
};

describe('the policies that an agent accepts', () => {
  let folder: string;
  let lines: string[];
  let service: PolicyService;
  let calls: FakePolicyCall[];

  beforeEach(() => {
    useFakeTime();
    folder = mkdtempSync(join(tmpdir(), 'givc-policy-'));
    [lines, calls] = [[], []];
    start();
  });
  const start = (more: object = {}) => {
    const policies = new Map([
      [firewall, ''],
      ['browser' as PolicyName, ''],
    ]);
    const config = {
      storePath: folder,
      policies,
      maxBytes: 10,
      publicKey: undefined,
      ...more,
    } as unknown as PolicyConfig;
    const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
    service = new PolicyService(config, new PolicyInstaller(config, new PolicyRecord(log, config)), log, agentSettings);
  };
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
    for (const call of calls) call.destroy();
    rmSync(folder, { recursive: true });
  });

  const open = (...sent: Parameters<FakePolicyCall['send']>) => {
    const call = new FakePolicyCall();
    calls.push(call);
    call.send(...sent);
    return call;
  };
  const from = (address: string, call: FakePolicyCall) => Object.assign(call, { address });
  const receive = (call: FakePolicyCall) => {
    const received = service.receive(call.asCall);
    received.catch(() => undefined);
    return received;
  };
  const stored = (name = 'firewall') => readFileSync(join(folder, name, 'policy.bin'), 'utf8');
  /** Resolves once this number of policies is partly written and waits for more. */
  const waiting = async (count: number) => {
    const files = () => (existsSync(join(folder, 'firewall')) ? readdirSync(join(folder, 'firewall')) : []);
    const half = () => files().filter((name) => name.endsWith('.new')).length;
    while (half() < count || jest.getTimerCount() < count) await settled();
  };

  it('are stored, and logged only when they have changed', async () => {
    const sha256 = createHash('sha256').update('allow').digest('hex');
    for (let n = 0; n < 2; n++) await receive(open('firewall', 'al', 'low').finish());
    expect(stored()).toBe('allow');
    expect(readdirSync(join(folder, 'firewall'))).toEqual(['policy.bin']);
    expect(lines).toEqual([`info: policy installed policy=firewall sha256=${sha256} bytes=5`]);
  });

  it('may repeat their name in each message, but not another one', async () => {
    await receive(open('firewall', 'a').send('firewall', 'b').finish());
    expect(stored()).toBe('ab');
    await expect(receive(open('firewall', 'a').send('browser', 'b').finish())).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'policy_name: the stream began with firewall, so another name may not follow',
    });
    expect([stored(), readdirSync(join(folder, 'firewall'))]).toEqual(['ab', ['policy.bin']]);
  });

  it('may have at most as many bytes as the configuration permits', async () => {
    await receive(open('firewall', '12345', '67890').finish());
    expect(stored()).toBe('1234567890');
    await expect(receive(open('firewall', '12345', '678901'))).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'policy "firewall": it is larger than 10 bytes',
    });
    expect(stored()).toBe('1234567890');
  });

  it.each([
    ['have no message', new FakePolicyCall().finish(), 'policy_name: the stream has no message'],
    [
      'is not configured',
      new FakePolicyCall().send('dns', 'x'),
      'policy_name: policy "dns" is not in capabilities.policy.policies of this agent',
    ],
    ['have no name', new FakePolicyCall().send('', 'x'), 'policy_name: '],
  ])('are rejected when they %s', async (_, call, message) => {
    calls.push(call);
    await expect(receive(call)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  describe('on a silent stream', () => {
    it('are abandoned after 15 s without leaving files, and the installed policy is kept', async () => {
      await receive(open('firewall', 'old').finish());
      let outcome: unknown;
      receive(open('firewall', 'half')).catch((error: unknown) => (outcome = error));
      await waiting(1);
      await jest.advanceTimersByTimeAsync(silenceMs - 1);
      expect(outcome).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      while (outcome === undefined) await settled();
      expect(outcome).toMatchObject({ reason: 'DEADLINE_EXCEEDED', message: `${queue}: nothing came for 15 s` });
      expect([stored(), readdirSync(join(folder, 'firewall'))]).toEqual(['old', ['policy.bin']]);
    });

    it('are abandoned after 15 s when not even their name arrives', async () => {
      const call = new FakePolicyCall();
      calls.push(call);
      const received = receive(call);
      await jest.advanceTimersByTimeAsync(silenceMs);
      await expect(received).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
      expect(readdirSync(folder)).toEqual([]);
    });

    it('are abandoned after 15 s when only empty messages arrive', async () => {
      const call = open('firewall');
      const received = receive(call);
      for (let second = 0; second < 14; second++) {
        await jest.advanceTimersByTimeAsync(1_000);
        call.send('', '');
        while (call.unread > 0) await settled();
      }
      await jest.advanceTimersByTimeAsync(1_000);
      await expect(received).rejects.toMatchObject({ message: `${queue}: nothing came for 15 s` });
    });
  });

  it('are abandoned after 110 s when they arrive byte by byte', async () => {
    start({ maxBytes: 1_000 });
    const call = open('firewall', 'x');
    const received = receive(call);
    for (let second = 0; second < 109; second++) {
      await jest.advanceTimersByTimeAsync(1_000);
      call.send('', 'x');
      while (call.unread > 0) await settled();
    }
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(received).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: `${queue}: it took longer than 110 s`,
    });
    await settled();
    expect(readdirSync(join(folder, 'firewall'))).toEqual([]);
  });

  it('are limited to four of one caller and eight in total at the same time', async () => {
    const [one, another, admin] = ['10.0.0.1', '10.0.0.2', '127.0.0.9'];
    for (let n = 0; n < 4; n++) void receive(from(one, open('firewall', 'x')));
    await waiting(4);
    await expect(receive(from(one, open('browser', 'y').finish()))).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: `${queue}: 4 calls of one caller may be open; send it again later`,
    });
    await receive(from(another, open('browser', 'y').finish()));
    expect(stored('browser')).toBe('y');
    for (let n = 0; n < 4; n++) void receive(from(admin, open('firewall', 'z')));
    await waiting(8);
    const waited = receive(from(admin, open('browser', 'z').finish()));
    await settled();
    expect(stored('browser')).toBe('y');
    await jest.advanceTimersByTimeAsync(silenceMs);
    await waited;
    expect(stored('browser')).toBe('z');
  });

  describe('with required signatures', () => {
    const suffix = 'capabilities.policy.publicKey asks for a signature';
    beforeEach(() => start({ maxBytes: 100, publicKey: parseMinisignKey('publicKey', signed.publicKey) }));

    const receiveSigned = (name: string, signature: string | undefined, content = signed.policy) => {
      const call = open(name, ...content).finish();
      for (const [key, value] of Object.entries(policySignature(signature))) call.metadata.set(key, value);
      return receive(call);
    };

    it('are accepted with a signature by the key for their name', async () => {
      await receiveSigned('firewall', signed.signature);
      expect(stored()).toBe(signed.policy);
    });

    it.each([
      ['is none', 'firewall', undefined, signed.policy, 'policy "firewall": it is not signed'],
      [
        'is of something else',
        'firewall',
        signed.signature,
        `${signed.policy} `,
        'policy "firewall": its signature is of something else',
      ],
      [
        'is of another policy',
        'browser',
        signed.signature,
        signed.policy,
        'policy "browser": it is signed as policy "firewall"',
      ],
    ])('are rejected when the signature %s, and leave nothing behind', async (_, name, signature, content, problem) => {
      await expect(receiveSigned(name, signature, content)).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: `${problem}; ${suffix}`,
      });
      expect(readdirSync(join(folder, name))).toEqual([]);
    });
  });

  it('are installed and recorded before the agent ends', async () => {
    const received = receive(open('firewall', 'one').finish());
    while (!existsSync(join(folder, 'firewall'))) await settled();
    await service.onApplicationShutdown();
    expect(readFileSync(join(folder, 'policies.json'), 'utf8')).toContain('"firewall"');
    await received;
    await service.onApplicationShutdown();
  });
});
