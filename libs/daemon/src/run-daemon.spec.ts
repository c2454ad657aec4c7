// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type * as childProcessModule from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import { GrpcServer } from '@givc/rpc';
import { DaemonStatus } from './daemon-status.js';
import type { Reloadable } from './reload.js';
import { runDaemon, type Daemon } from './run-daemon.js';

const childProcess = jest.requireActual<typeof childProcessModule>('node:child_process');
@Module({})
class NothingModule {}

/** The status that `process.exit` is called with. */
class Exit extends Error {
  constructor(readonly status: number | string | null | undefined) {
    super(`exit ${String(status)}`);
  }
}

describe('a daemon', () => {
  let events: string[];
  let stderr: string;
  let changed: () => void;
  const { NOTIFY_SOCKET } = process.env;
  beforeEach(() => {
    events = [];
    stderr = '';
    changed = () => undefined;
    delete process.env['NOTIFY_SOCKET'];
    jest.spyOn(process, 'exit').mockImplementation((status) => {
      throw new Exit(status);
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => (stderr += String(text)) !== '');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const name of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) process.removeAllListeners(name);
    for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
    delete process.env['NOTIFY_SOCKET'];
    if (NOTIFY_SOCKET !== undefined) process.env['NOTIFY_SOCKET'] = NOTIFY_SOCKET;
  });

  const note = (event: string) => {
    events.push(event);
    changed();
  };
  const happened = async (event: string) => {
    while (!events.some((one) => one.startsWith(event))) await new Promise<void>((resolve) => (changed = resolve));
  };
  const log = new Log('info', (line) => note(line.trimEnd().replace(/:\d+$/, ':PORT')), false);
  const live: Reloadable = {
    start: () => note('live started'),
    reload: () => note('live reloaded'),
    close: () => note('live closed'),
  };
  const daemonAt = (port: number, more: readonly Reloadable[] = [live]): Daemon => {
    const listen = [{ protocol: 'tcp', host: '127.0.0.1', port }] as const;
    const server = new GrpcServer({ listen, tls: undefined, services: [] });
    server.chain = { guards: [] };
    return { log, server, module: { module: NothingModule }, reloadables: more };
  };
  const run = (configure: Parameters<typeof runDaemon>[1]) =>
    runDaemon('givc-test', configure).then(
      () => 'no exit',
      (error: unknown) => (error instanceof Exit ? error.status : error),
    );
  const failing = (error: unknown) => () => {
    throw error;
  };

  it.each([
    ['a mistake in its configuration', new GivcError('INVALID_ARGUMENT', 'port: invalid\nname: missing'), 2],
    ['an unexpected error', new TypeError('port: invalid\nname: missing'), 2],
    ['a mistake in its environment', new GivcError('FAILED_PRECONDITION', 'port: invalid\nname: missing'), 1],
  ])("ends before it listens because of %s, with the program's name before each line", async (_, error, status) => {
    expect(await run(failing(error))).toBe(status);
    expect(stderr).toBe('givc-test: port: invalid\ngivc-test: name: missing\n');
    expect(events).toEqual([]);
  });

  it.each([
    [0, 0],
    [1, 2],
  ])("prints nothing after commander, and maps commander's status %d to %d", async (exitCode, status) => {
    expect(await run(failing(Object.assign(new Error('told'), { exitCode })))).toBe(status);
    expect(stderr).toBe('');
  });

  it.each([
    ['and the summary of a check without a mistake, and ends with status 0', [], 0],
    ['and the mistakes of a check, and ends with status 2', ['c: broken'], 2],
  ])('writes the warnings %s', async (_, mistakes, status) => {
    let stdout = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => (stdout += String(text)) !== '');
    expect(await run(() => ({ mistakes, warnings: ['a: unknown key'], summary: 'it is valid' }))).toBe(status);
    expect(stderr).toBe(
      `${mistakes.map((line) => `givc-test: ${line}\n`).join('')}givc-test: warning: a: unknown key\n`,
    );
    expect(stdout).toBe(status === 0 ? 'givc-test: it is valid\n' : '');
    expect(events).toEqual([]);
  });

  it('reads the first variable of an environment file with a byte order mark', async () => {
    process.env['\ufeffGIVC_TEST'] = 'first';
    await run(() => {
      note(`GIVC_TEST=${process.env['GIVC_TEST']}`);
      throw new Error('enough');
    });
    delete process.env['GIVC_TEST'];
    expect(events).toEqual(['GIVC_TEST=first']);
  });

  it('ends with status 1 and one line when it cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await run(() => daemonAt(port))).toBe(1);
    expect(stderr).toMatch(new RegExp(`^givc-test: cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*\\n$`));
    expect(events).toEqual([]);
    other.close();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'listens, follows its files, reads them again at SIGHUP and ends at %s',
    async (signal) => {
      const daemon = daemonAt(0, [live, { reload: () => note('other reloaded'), close: () => note('other closed') }]);
      const ended = run(() => Promise.resolve(daemon));
      await happened('live started');
      await new Promise(setImmediate);
      process.emit('SIGHUP');
      jest.spyOn(daemon.server, 'close').mockImplementation(() => Promise.resolve(note('server closed')));
      process.emit(signal);
      expect(await ended).toBe(0);
      expect(events).toEqual([
        'info: listening addresses=127.0.0.1:PORT',
        'live started',
        ...['live reloaded', 'other reloaded', 'info: reloaded changed=nothing'],
        `info: stopping signal=${signal}`,
        ...['server closed', 'live closed', 'other closed'],
      ]);
      jest.restoreAllMocks();
      await daemon.server.close();
    },
  );

  it('ends at a signal that arrived during its start', async () => {
    const daemon = daemonAt(0);
    const ended = run(() => {
      setImmediate(() => process.emit('SIGTERM'));
      return daemon;
    });
    expect(await ended).toBe(0);
    expect(events.slice(-2)).toEqual(['info: stopping signal=SIGTERM', 'live closed']);
  });

  it('continues when its log cannot be written', async () => {
    await run(failing(new Error('enough')));
    expect(() => process.stderr.emit('error', new Error('ENOSPC'))).not.toThrow();
  });

  it('ends without failure when the reader of its help has read enough', async () => {
    await run(failing(new GivcError('INVALID_ARGUMENT', '')));
    expect(() => process.stdout.emit('error', new Error('EPIPE'))).toThrow(new Exit(0));
  });

  it('logs in one line what a reload has changed, what stays as it was and what needs a restart', async () => {
    const close = () => undefined;
    const ended = run(() =>
      daemonAt(0, [
        { ...live, reload: () => ({ changed: ['the certificate'] }) },
        { close, reload: () => ({ kept: ['the rules'] }) },
        { close, reload: () => ({ needsRestart: ['network.tls', 'identity.name'] }) },
        { close, reload: () => ({ changed: ['the revocations'] }) },
      ]),
    );
    await happened('live started');
    await new Promise(setImmediate);
    process.emit('SIGHUP');
    process.emit('SIGTERM');
    await ended;
    expect(events.filter((line) => line.includes('reloaded'))).toEqual([
      'info: reloaded changed="the certificate, the revocations" kept="the rules" needsRestart="network.tls, identity.name"',
    ]);
  });

  describe('under a service manager', () => {
    /** The notifications, in the order in which they were sent. */
    let sent: string[];
    /** Undefined when a notification never ends. */
    let fault: Error | number | undefined;
    let status: DaemonStatus;
    let problem: string | undefined;
    let onProblem: () => void;
    const start = () => {
      jest.spyOn(childProcess, 'spawn').mockImplementation(((name: string, args: readonly string[]) => {
        const program = Object.assign(new EventEmitter(), { kill: () => true });
        expect(name).toBe('systemd-notify');
        sent.push(args.join(' ').replace(/(?<=MONOTONIC_USEC=)\d+/, 'N'));
        setImmediate(() => {
          if (fault instanceof Error) program.emit('error', fault);
          else if (fault !== undefined) program.emit('exit', fault);
          note('notified');
        });
        return program;
      }) as typeof childProcess.spawn);
      process.env['NOTIFY_SOCKET'] = '/run/systemd/notify';
      const file: Reloadable = {
        ...live,
        onProblem: (listener) => (onProblem = listener),
        get problem() {
          return problem;
        },
      };
      const ended = run(() => ({ ...daemonAt(0, [file]), status: () => status }));
      const stopped = async (count: number) => {
        process.emit('SIGTERM');
        await ended;
        await notified(count);
      };
      return { ended, stopped };
    };
    const notified = async (count: number) => {
      while (events.filter((event) => event === 'notified').length < count)
        await new Promise<void>((resolve) => (changed = resolve));
      await new Promise(setImmediate);
    };
    beforeEach(() => {
      sent = [];
      fault = 0;
      status = new DaemonStatus('0 agents');
      problem = undefined;
    });

    it('notifies the service manager once it listens, and when it stops', async () => {
      const { ended, stopped } = start();
      await notified(1);
      expect(events).toEqual(['info: listening addresses=127.0.0.1:PORT', 'live started', 'notified']);
      await stopped(2);
      expect(await ended).toBe(0);
      expect(sent).toEqual(['READY=1 STATUS=0 agents', 'STOPPING=1 STATUS=stopping']);
      expect(events.join('\n')).not.toContain('warn');
    });

    it('ends at SIGTERM although the service manager hangs', async () => {
      fault = undefined;
      const { ended, stopped } = start();
      await happened('notified');
      await stopped(2);
      expect(await ended).toBe(0);
    });

    it('brackets a reload, and shows the problem of a file with its status', async () => {
      const { stopped } = start();
      await notified(1);
      problem = 'the rules not reloaded: rules.cedar:2: broken';
      process.emit('SIGHUP');
      await notified(3);
      problem = undefined;
      process.emit('SIGHUP');
      await notified(5);
      await stopped(6);
      expect(sent.slice(1, -1)).toEqual([
        'RELOADING=1 MONOTONIC_USEC=N',
        'READY=1 STATUS=0 agents; the rules not reloaded: rules.cedar:2: broken',
        'RELOADING=1 MONOTONIC_USEC=N',
        'READY=1 STATUS=0 agents',
      ]);
    });

    it('shows each change of its status and of the problem of a file in one line', async () => {
      const { stopped } = start();
      await notified(1);
      status.set('1 agent');
      await notified(2);
      problem = 'the rules not reloaded: a\nb';
      onProblem();
      await notified(3);
      await stopped(4);
      expect(sent.slice(1, 3)).toEqual(['STATUS=1 agent', 'STATUS=1 agent; the rules not reloaded: a b']);
    });

    it.each<[string, Error | number, string]>([
      ['rejected', 3, 'systemd-notify READY=1 STATUS=0 agents ended with status 3'],
      ['impossible', new Error('spawn ENOENT'), 'spawn ENOENT'],
    ])('continues and logs it when the notification is %s', async (_, failure, error) => {
      fault = failure;
      const { ended } = start();
      await happened('warn: ');
      process.emit('SIGTERM');
      expect(await ended).toBe(0);
      expect(events).toContain(`warn: cannot notify the service manager error="${error}"`);
    });
  });
});
