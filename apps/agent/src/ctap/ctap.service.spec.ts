// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import childProcess from 'node:child_process';
import { Log } from '@givc/log';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import type { KeyRequest } from './ctap-request.js';
import { CtapService } from './ctap.service.js';

type Execute = (
  command: string,
  args: readonly string[],
  options: { readonly signal: AbortSignal },
  done: (error: Error | null, stdout: Buffer, stderr: Buffer) => void,
) => unknown;

describe('a security key', () => {
  const request: KeyRequest = {
    name: 'ctap.GetInfo',
    program: 'qctap-get-info',
    args: ['a'],
    payload: Buffer.from('p'),
  };
  const never = { caller: 'gui-vm', signal: new AbortController().signal };
  const relayed = { ...never, caller: agentSettings.admin.address.protocol === 'tcp' ? '127.0.0.9' : '' };
  let service: CtapService;
  /** The running programs, in the order of their start; calling one ends it. */
  let running: ((error?: Error) => void)[];
  /** Resolves when the signal of a program is aborted, which kills it. */
  let aborted: Promise<void>;
  /** The number of killed programs. */
  let killed: number;

  beforeEach(() => {
    [running, killed] = [[], 0];
    let abort = () => undefined as void;
    aborted = new Promise((resolve) => (abort = resolve));
    const execute: Execute = (_command, _args, { signal }, done) => {
      signal.addEventListener('abort', () => abort());
      running.push((error) => done(error ?? null, Buffer.from('out'), Buffer.alloc(0)));
      return { killed: true, kill: () => killed++ };
    };
    jest.spyOn(childProcess, 'execFile').mockImplementation(execute as never);
    service = new CtapService(new Log('info', () => undefined, false), agentSettings);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('waits five minutes for a person', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const asked = service.ask(request, never);
    await settled();
    jest.advanceTimersByTime(300_000 - 1);
    expect(killed).toBe(0);
    jest.advanceTimersByTime(1);
    expect(killed).toBe(1);
    running[0]!(Object.assign(new Error('killed'), { code: null, signal: 'SIGKILL' }));
    await expect(asked).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: 'qctap-get-info: it did not end within 300 s',
    });
  });

  it('is used by one program at a time, and a fifth open request of a caller is rejected', async () => {
    const asked = Array.from({ length: 4 }, () => service.ask(request, never));
    await settled();
    expect(running).toHaveLength(1);
    await expect(service.ask(request, never)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'the security key: 4 calls of one caller may be open; try again later',
    });
    for (let n = 0; n < 4; n++) {
      expect(running).toHaveLength(n + 1);
      running[n]!();
      expect((await asked[n]!).toString()).toBe('out');
      await settled();
    }
  });

  it('accepts as many requests of the admin as there is room, because the admin passes on those of others', async () => {
    for (let n = 0; n < 8; n++) service.ask(request, relayed).catch(() => undefined);
    await settled();
    await expect(service.ask(request, relayed)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'the security key: one call may be at work at once and 7 wait; try again later',
    });
  });

  it('ends a request after 100 s without a touch as soon as another caller waits', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const held = service.ask(request, never);
    await settled();
    jest.advanceTimersByTime(100_000);
    expect(killed).toBe(0);
    void service.ask(request, { ...never, caller: 'chrome-vm' }).catch(() => undefined);
    await expect(aborted).resolves.toBeUndefined();
    running[0]!(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }));
    await expect(held).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: 'the security key: others wait, and it has taken longer than 100 s',
    });
    await settled();
    expect(running).toHaveLength(2);
  });
});
