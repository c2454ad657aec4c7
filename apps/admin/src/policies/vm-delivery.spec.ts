// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parsePolicyName, parseVmName } from '@givc/model';
import { Log } from '@givc/log';
import type { StoredPolicy } from './policy-store.js';
import { VmDelivery } from './vm-delivery.js';

const policy = (name: string, sha256: string): StoredPolicy => ({
  name: parsePolicyName('name', name),
  path: `/store/${name}`,
  sha256,
  signature: undefined,
});

describe('the delivery of policies to a VM', () => {
  let wanted: StoredPolicy[];
  let sent: string[];
  let answer: (policy: StoredPolicy, signal: AbortSignal) => Promise<string>;
  let delivery: VmDelivery;

  beforeEach(() => {
    jest.useFakeTimers();
    wanted = [policy('firewall', '1')];
    sent = [];
    answer = ({ sha256 }) => Promise.resolve(sha256);
    const send = (_: string, one: StoredPolicy, signal: AbortSignal) => {
      sent.push(`${one.name} ${one.sha256}`);
      return answer(one, signal);
    };
    delivery = new VmDelivery(parseVmName('vm', 'net-vm'), () => wanted, send, new Log('error', () => undefined));
  });
  afterEach(() => {
    delivery.absent();
    jest.useRealTimers();
  });

  const settled = () => jest.advanceTimersByTimeAsync(0);
  const of = () => delivery.of(wanted[0]!.name);

  it('sends everything once the agent is present, and nothing before', async () => {
    delivery.changed();
    await settled();
    expect(sent).toEqual([]);
    wanted.push(policy('browser', '2'));
    delivery.present('boot 1');
    await settled();
    expect(sent).toEqual(['firewall 1', 'browser 2']);
    expect(of()).toEqual({ sha256: '1', atMs: expect.any(Number) });
  });

  it('sends nothing when the same agent registers once more', async () => {
    for (let time = 0; time < 3; time++) {
      delivery.present('boot 1');
      await settled();
    }
    expect(sent).toEqual(['firewall 1']);
  });

  it('sends everything again after the agent was lost or has booted', async () => {
    delivery.present('boot 1');
    await settled();
    delivery.absent();
    delivery.present('boot 1');
    await settled();
    delivery.present('boot 2');
    await settled();
    expect(sent).toEqual(['firewall 1', 'firewall 1', 'firewall 1']);
  });

  it('sends changed policies, and an earlier version when it is restored', async () => {
    wanted.push(policy('browser', 'b'));
    delivery.present('boot 1');
    await settled();
    sent = [];
    for (const sha256 of ['2', '1']) {
      wanted[0] = policy('firewall', sha256);
      delivery.changed();
      await settled();
    }
    expect(sent).toEqual(['firewall 2', 'firewall 1']);
  });

  it('retries a policy after 1, 2, 4 ... 60 s when it fails, and sends the other policies at once', async () => {
    wanted.push(policy('browser', 'b'));
    answer = ({ name, sha256 }) =>
      name === 'firewall' ? Promise.reject(new GivcError('UNAVAILABLE', 'gone')) : Promise.resolve(sha256);
    delivery.present('boot 1');
    await settled();
    expect(sent).toEqual(['firewall 1', 'browser b']);
    expect(of()).toEqual({ problem: 'gone' });
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      sent = [];
      await jest.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(sent).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(sent).toEqual(['firewall 1']);
    }
    answer = ({ sha256 }) => Promise.resolve(sha256);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(of()).toEqual({ sha256: '1', atMs: expect.any(Number) });
  });

  it('does not delay a new version by the backoff', async () => {
    answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'gone'));
    delivery.present('boot 1');
    await settled();
    wanted[0] = policy('firewall', '2');
    answer = ({ sha256 }) => Promise.resolve(sha256);
    delivery.changed();
    await settled();
    expect(sent).toEqual(['firewall 1', 'firewall 2']);
  });

  it('is cancelled and forgotten when the VM leaves', async () => {
    answer = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('hung up'))));
    delivery.present('boot 1');
    await settled();
    delivery.absent();
    answer = ({ sha256 }) => Promise.resolve(sha256);
    delivery.present('boot 1');
    await settled();
    expect(sent).toEqual(['firewall 1', 'firewall 1']);
    expect(of()).toMatchObject({ sha256: '1' });
  });

  it('ignores the answer to a call when the VM has booted since', async () => {
    let finish!: (sha256: string) => void;
    answer = () => new Promise((resolve) => (finish = resolve));
    delivery.present('boot 1');
    await settled();
    answer = ({ sha256 }) => Promise.resolve(sha256);
    delivery.present('boot 2');
    finish('1');
    await settled();
    expect(sent).toEqual(['firewall 1', 'firewall 1']);
  });

  it('does not repeat a policy endlessly when the stored file was changed by hand', async () => {
    answer = () => Promise.resolve('other');
    delivery.present('boot 1');
    await settled();
    expect(sent).toEqual(['firewall 1']);
    expect(of()).toMatchObject({ sha256: 'other', problem: expect.stringContaining('/store/firewall') });
  });
});
