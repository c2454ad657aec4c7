// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { exec } from '@givc/rpc';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import { FakeCall } from './exec-call.fixture.js';
import type { ExecConfig } from './exec.config.js';
import { ExecService } from './exec.service.js';

const { SIGKILL, SIGTERM } = constants.signals;
const graceMs = 5_000;

/** Whether a process of this id exists, running or not yet reaped. */
function isThere(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('the programs of an agent', () => {
  let folder: string;
  let service: ExecService;

  beforeEach(() => {
    // Time limits are tested on a virtual clock; programs and their streams are real.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'hrtime'] });
    folder = mkdtempSync(join(tmpdir(), 'givc-exec-'));
  });
  afterEach(async () => {
    const ended = service.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(graceMs);
    await ended;
    jest.useRealTimers();
    rmSync(folder, { recursive: true });
  });

  const script = (name: string, body: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return path;
  };
  const serve = (commands: readonly string[], maxRunning = 8) => {
    const allowed = commands.map((command) => ({ command, args: [], users: [], environment: [], directories: [] }));
    service = new ExecService({ commands: allowed, maxRunning } as unknown as ExecConfig, agentSettings);
  };
  const run = (Command: string, more: Partial<exec.StartCommand> = {}, address = '127.0.0.1') => {
    const call = Object.assign(new FakeCall(), { address });
    call.send({ $case: 'Start', value: { Command, Arguments: [], EnvVars: {}, ...more } });
    const ended = service.run(call.asCall);
    ended.catch(() => undefined);
    return { call, ended };
  };
  const pidOf = (call: FakeCall): number => {
    const [first] = call.answers;
    if (first?.$case !== 'Started') throw new Error('it has not started');
    return first.value.Pid;
  };

  it('get their input, and their outputs and exit status are returned', async () => {
    serve([script('upper', 'tr a-z A-Z; exit 3')]);
    const { call, ended } = run('upper', { Stdin: Buffer.from('first ') });
    call.stdin('second');
    call.halfClose();
    await ended;
    expect(call.output('Stdout')).toBe('FIRST SECOND');
    expect(call.answers.at(-1)).toEqual({ $case: 'Finished', value: { ReturnCode: 3 } });
  });

  it('have ended when the agent has shut down, including one that ignores SIGTERM and is killed after 5 s', async () => {
    serve([script('stubborn', 'trap "" TERM; echo up; while :; do sleep 60; done')]);
    const { call, ended } = run('stubborn');
    await call.wrote('up');
    const pid = pidOf(call);
    const events: string[] = [];
    const stopped = service.onApplicationShutdown().then(() => void events.push('the agent has shut down'));
    void ended.then(() => void events.push('the program has ended'));
    await jest.advanceTimersByTimeAsync(graceMs - 1);
    expect(events).toEqual([]);
    expect(isThere(pid)).toBe(true);
    await jest.advanceTimersByTimeAsync(1);
    await stopped;
    expect(events).toEqual(['the program has ended', 'the agent has shut down']);
    expect(isThere(pid)).toBe(false);
    expect(call.answers.at(-1)).toEqual({ $case: 'Finished', value: { ReturnCode: 128 + SIGKILL } });
  });

  it('have ended when the agent has shut down, including one that was being started', async () => {
    serve([script('long', 'exec sleep 60')]);
    const starting = run('long');
    // The first message was read, and the program does not run yet.
    await once(starting.call, 'pause');
    await new Promise(process.nextTick);
    await service.onApplicationShutdown();
    await starting.ended;
    expect(starting.call.answers.at(-1)).toEqual({ $case: 'Finished', value: { ReturnCode: 128 + SIGTERM } });
    expect(isThere(pidOf(starting.call))).toBe(false);
  });

  it('are limited in number, in total and for each caller, including those that are being started', async () => {
    serve([script('wait', 'exec cat'), '/no/such/program'], 2);
    const fix = 'capabilities.exec.maxRunning says how many may run, half of them for one caller';
    const both = [run('wait', {}, '10.0.0.1'), run('wait', {}, '10.0.0.2')];
    for (const [address, problem] of [
      ['10.0.0.1', 'one call of one caller may be open'],
      ['10.0.0.3', '2 calls may be at work at once'],
    ] as const) {
      const { call, ended } = run('wait', {}, address);
      call.halfClose();
      await expect(ended).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: `the programs that run: ${problem}; ${fix}`,
      });
    }
    for (const { call } of both) call.halfClose();
    await Promise.all(both.map(({ ended }) => ended));
    await jest.advanceTimersByTimeAsync(50);
    const again = Array.from({ length: 2 }, () => run('wait', {}, '127.0.0.9'));
    for (const { call } of again) call.halfClose();
    await Promise.all(again.map(({ ended }) => ended));
  });

  it('end after an hour when a caller with fewer programs waits, and otherwise have no time limit', async () => {
    serve([script('wait', 'exec cat')], 4);
    const running = ['1', '1', '2', '3'].map((last) => run('wait', {}, `10.0.0.${last}`));
    await Promise.all(running.map(({ call }) => call.wasAnswered()));
    await jest.advanceTimersByTimeAsync(10 * 3_600_000);
    expect(running.map(({ call }) => call.answers.length)).toEqual([1, 1, 1, 1]);
    const next = run('wait', {}, '10.0.0.4');
    await expect(running[0]!.ended).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: 'the programs that run: others wait, and it has taken longer than 3600 s',
    });
    while (isThere(pidOf(running[0]!.call))) await new Promise<void>((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(50);
    await next.call.wasAnswered();
    expect(running.slice(1).map(({ call }) => call.answers.length)).toEqual([1, 1, 1]);
  });

  it('do not start when no command allows it, and then send no response', async () => {
    serve(['/bin/sleep']);
    const { call, ended } = run('/bin/cat');
    await expect(ended).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(call.answers).toEqual([]);
  });

  it('occupy no slot when they cannot be started', async () => {
    serve(['/no/such/program', script('wait', 'exec cat')], 1);
    for (let n = 0; n < 3; n++)
      await expect(run('/no/such/program').ended).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    const { call, ended } = run('wait');
    call.halfClose();
    await ended;
    expect(call.answers.at(-1)).toEqual({ $case: 'Finished', value: { ReturnCode: 0 } });
  });
});
