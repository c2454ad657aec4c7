// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type * as childProcessModule from 'node:child_process';
import { EventEmitter } from 'node:events';
import { Log } from '@givc/log';
import { ServiceManager } from './service-manager.js';

const childProcess = jest.requireActual<typeof childProcessModule>('node:child_process');

class RunningProgram extends EventEmitter {
  readonly kill = jest.fn((_: string) => this.emit('exit', null));
}

describe('the service manager', () => {
  const { NOTIFY_SOCKET } = process.env;
  /** The states of each notification, in the order in which they were sent. */
  let sent: string[][];
  let programs: RunningProgram[];
  let lines: string[];
  let manager: ServiceManager;

  const settled = () => jest.advanceTimersByTimeAsync(0);
  /** Ends the running notification. */
  const end = async (status = 0) => {
    programs.shift()!.emit('exit', status);
    await settled();
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    process.env['NOTIFY_SOCKET'] = '/run/systemd/notify';
    sent = [];
    programs = [];
    lines = [];
    jest.spyOn(childProcess, 'spawn').mockImplementation(((_: string, states: string[]) => {
      sent.push(states);
      programs.push(new RunningProgram());
      return programs.at(-1);
    }) as unknown as typeof childProcess.spawn);
    manager = new ServiceManager(new Log('info', (line) => lines.push(line.trimEnd()), false));
    void manager.ready('0 agents');
    await settled();
    await end();
    sent = [];
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
    delete process.env['NOTIFY_SOCKET'];
    if (NOTIFY_SOCKET !== undefined) process.env['NOTIFY_SOCKET'] = NOTIFY_SOCKET;
  });

  it('gets at most one status a second, and the last one always', async () => {
    for (const text of ['1 agent', '2 agents', '3 agents']) manager.status(text);
    await settled();
    await end();
    expect(sent).toEqual([['STATUS=1 agent']]);
    await jest.advanceTimersByTimeAsync(999);
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(2);
    expect(sent.slice(1)).toEqual([['STATUS=3 agents']]);
    await end();
    manager.status('3 agents');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(2);
  });

  it('gets one notification after the other, in their order', async () => {
    manager.reloading();
    void manager.ready('1 agent');
    await settled();
    expect(sent).toEqual([['RELOADING=1', expect.stringMatching(/^MONOTONIC_USEC=\d+$/)]]);
    await end();
    expect(sent.slice(1)).toEqual([['READY=1', 'STATUS=1 agent']]);
  });

  it('gets the next notification although one hangs, which is ended after 10 s and logged', async () => {
    manager.reloading();
    void manager.ready('1 agent');
    await settled();
    const hanging = programs.shift()!;
    await jest.advanceTimersByTimeAsync(9_999);
    expect([hanging.kill.mock.calls.length, sent.length]).toEqual([0, 1]);
    await jest.advanceTimersByTimeAsync(1);
    expect(hanging.kill).toHaveBeenCalledWith('SIGKILL');
    expect(sent.slice(1)).toEqual([['READY=1', 'STATUS=1 agent']]);
    expect(lines.join()).toMatch(/cannot notify the service manager error="systemd-notify RELOADING=1 .* after 10 s"/);
  });

  it('gets only the last reload and status of those that came while it hung', async () => {
    for (let count = 0; count < 1_000; count++) {
      manager.reloading();
      void manager.ready(`${count} agents`);
      await jest.advanceTimersByTimeAsync(5);
    }
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(10_000);
    await end();
    for (const text of ['1 agent', '2 agents', '3 agents']) {
      manager.status(text);
      await jest.advanceTimersByTimeAsync(1_001);
    }
    await end();
    await end();
    expect(sent.slice(1)).toEqual([
      ['RELOADING=1', expect.any(String)],
      ['READY=1', 'STATUS=999 agents'],
      ['STATUS=3 agents'],
    ]);
  });

  it('gets the time of a reload in microseconds of the monotonic clock', async () => {
    jest.spyOn(process.hrtime, 'bigint').mockReturnValue(12_345_678_999n);
    manager.reloading();
    await settled();
    expect(sent).toEqual([['RELOADING=1', 'MONOTONIC_USEC=12345678']]);
  });

  it('gets no status of the time before a stop once that has begun', async () => {
    for (const text of ['1 agent', '2 agents']) manager.status(text);
    await settled();
    manager.stopping();
    await end();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([['STATUS=1 agent'], ['STOPPING=1', 'STATUS=stopping']]);
  });

  it('gets a stop although an earlier notification is not complete', async () => {
    manager.status('1 agent');
    await settled();
    manager.stopping();
    expect(sent).toEqual([['STATUS=1 agent'], ['STOPPING=1', 'STATUS=stopping']]);
  });

  it('gets a status as one bounded line without control characters', async () => {
    manager.status(`a\n\x1b[2J${'b'.repeat(5_000)}`);
    await settled();
    expect(sent[0]![0]).toMatch(/^STATUS=a �\[2Jb{400,500}$/);
  });

  it('is logged once while it cannot be notified', async () => {
    for (const text of ['1 agent', '2 agents']) {
      manager.status(text);
      await jest.advanceTimersByTimeAsync(1_001);
      programs.shift()!.emit('error', new Error('spawn ENOENT'));
      await settled();
    }
    expect(lines).toEqual(['warn: cannot notify the service manager error="spawn ENOENT"']);
  });

  it('is not notified when there is none', async () => {
    delete process.env['NOTIFY_SOCKET'];
    await manager.ready('1 agent');
    manager.reloading();
    manager.stopping();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent).toEqual([]);
  });
});
