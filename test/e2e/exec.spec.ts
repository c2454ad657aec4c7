// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import childProcess, { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants as files, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { exec } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { RunningCommand } from '../support/running-command.js';

const { SIGINT, SIGKILL, SIGTERM } = constants.signals;
const own = userInfo().username;
const isRoot = process.getuid!() === 0;

describe('exec', () => {
  let system: TestSystem;
  let agent: TestAgent;
  let folder: string;
  /** A pipe that scripts and their children hold open for writing, so that it ends when the last of them ends. */
  let held: Socket;
  const script = (name: string, body: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexec 9>${folder}/held\n${body}\n`, { mode: 0o755 });
    return path;
  };
  /** Resolves once all processes of the script have ended. */
  const gone = async (): Promise<void> => {
    if (!held.readableEnded) await once(held, 'end');
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-exec-'));
    execFileSync('mkfifo', [join(folder, 'held')]);
    const fd = openSync(join(folder, 'held'), files.O_RDONLY | files.O_NONBLOCK);
    // Scripts that open it later do not wait for a reader.
    held = new Socket({ fd, allowHalfOpen: true }).resume();
    const commands = [
      { command: '/usr/bin/env', environment: ['GREETING'], users: isRoot ? [own, 'nobody'] : [own] },
      { command: '/usr/bin/id', args: [['*']], users: [own, 'nobody', 'no-such-user'] },
      { command: '/bin/pwd', directories: [folder, '/no/such/folder'] },
      { command: '/bin/cat' },
      { command: '/usr/bin/head', args: ['-c', '*', '/dev/zero'] },
      { command: '/no/such/program' },
      { command: script('say', 'printf "$1"; printf "$2" >&2; exit "$3"'), args: ['...'] },
      { command: script('wait', 'trap "exit 3" INT; sleep 60 & echo "up $!"; wait') },
      { command: script('left', 'sleep 60 & echo $!') },
      { command: script('deaf', 'echo up; exec sleep 60') },
      { command: script('late', `mkfifo ${folder}/go; echo up; read line < ${folder}/go; wc -c`) },
    ];
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', { capabilities: { exec: { enable: true, commands, maxRunning: 6 } } });
  });
  afterEach(async () => {
    await system.close();
    held.destroy();
    rmSync(folder, { recursive: true });
  });

  const run = (start?: Partial<exec.StartCommand>) => new RunningCommand(system.channel(agent, 'gui-vm'), start);

  it('starts a program, and returns both of its outputs and then its status', async () => {
    const command = run({ Command: 'say', Arguments: ['out', 'err', '7'] });
    command.call.end();
    const { stdout, stderr, status, events } = await command.ended;
    expect({ stdout: String(stdout), stderr: String(stderr), status }).toEqual({
      stdout: 'out',
      stderr: 'err',
      status: 7,
    });
    expect([events[0], events.at(-1)]).toEqual(['Started', 'Finished']);
  });

  it('passes nothing of the environment of the agent on', async () => {
    process.env['AGENT_SECRET'] = 'secret';
    const { stdout } = await run({ Command: 'env', EnvVars: { GREETING: 'a b' } }).ended;
    delete process.env['AGENT_SECRET'];
    const names = String(stdout)
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['GREETING', 'HOME', 'LANG', 'PATH', 'USER']);
    expect(String(stdout)).toContain('GREETING=a b\n');
    expect(String(stdout)).toContain(`USER=${own}\n`);
  });

  it('runs a program in the requested directory, else in the root', async () => {
    expect(String((await run({ Command: 'pwd', WorkingDirectory: folder }).ended).stdout)).toBe(`${folder}\n`);
    expect(String((await run({ Command: 'pwd' }).ended).stdout)).toBe('/\n');
  });

  it('passes all bytes of the start and of later messages on, until an empty message or the end of the call', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const first = run({ Command: 'cat', Stdin: Buffer.from('first ') });
    first.stdin(bytes);
    first.stdin('');
    expect((await first.ended).stdout.equals(Buffer.concat([Buffer.from('first '), bytes]))).toBe(true);
    const second = run({ Command: 'cat' });
    second.stdin('second');
    second.call.end();
    expect(String((await second.ended).stdout)).toBe('second');
  });

  it('passes 32 MiB on, and makes the program wait for a caller that does not read', async () => {
    const size = 32 * 1024 * 1024;
    const spawn = jest.spyOn(childProcess, 'spawn');
    const command = run({ Command: 'head', Arguments: ['-c', String(size), '/dev/zero'] });
    await command.started;
    const output = (spawn.mock.results[0]!.value as ChildProcess).stdout as Socket;
    spawn.mockRestore();
    command.call.pause();
    // Waits until no more data is transferred: the agent has stopped reading, or has read everything.
    for (let atRest = 0; atRest < 200 && !output.readableEnded; atRest = output.isPaused() ? atRest + 1 : 0)
      await setImmediate();
    expect(output.bytesRead).toBeLessThan(size / 4);
    command.call.resume();
    const { stdout, status } = await command.ended;
    expect({ length: stdout.length, status }).toEqual({ length: size, status: 0 });
  });

  it('accepts as much input as the program reads', async () => {
    const size = 16 * 1024 * 1024;
    const echo = run({ Command: 'cat' });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < size; sent += chunk.length)
      if (!echo.stdin(chunk)) await new Promise((resolve) => echo.call.once('drain', resolve));
    echo.stdin('');
    expect((await echo.ended).stdout.length).toBe(size);
  });

  it('makes a caller wait that sends 8 MiB to a program that does not read, until that reads', async () => {
    const [size, chunk] = [8 * 1024 * 1024, Buffer.alloc(64 * 1024, 'x')];
    const command = run({ Command: 'late' });
    await command.wrote('up');
    let taken = 0;
    for (let sent = 0; sent < size; sent += chunk.length)
      command.call.write({ Command: { $case: 'Stdin', value: { Payload: chunk } } }, () => (taken += chunk.length));
    // Waits until no more data is transferred.
    for (let before = -1; before !== taken;) {
      before = taken;
      for (let turn = 0; turn < 200; turn++) await setImmediate();
    }
    expect(taken).toBeLessThan(3 * 1024 * 1024);
    command.stdin('');
    writeFileSync(join(folder, 'go'), 'go\n');
    expect(String((await command.ended).stdout)).toBe(`up\n${size}\n`);
  });

  it('passes signals on to a program that does not read its input', async () => {
    const command = run({ Command: 'deaf' });
    await command.wrote('up');
    command.stdin(Buffer.alloc(512 * 1024));
    command.signal(SIGKILL);
    expect((await command.ended).status).toBe(128 + SIGKILL);
  });

  it('passes signals on to the process group, and returns the signal that ended it', async () => {
    const trapped = run({ Command: 'wait' });
    await trapped.wrote('up');
    trapped.signal(SIGINT);
    expect((await trapped.ended).status).toBe(3);
    const killed = run({ Command: 'deaf' });
    await killed.wrote('up');
    killed.signal(SIGTERM);
    expect((await killed.ended).status).toBe(128 + SIGTERM);
  });

  it.each([0, -1, 65, 1_000_000])('rejects %d as a signal, and ends the program', async (number) => {
    const command = run({ Command: 'deaf' });
    await command.wrote('up');
    command.signal(number);
    await expect(command.ended).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`Signal: invalid signal ${number}`),
    });
    await gone();
  });

  it('ends the program and its children when the caller hangs up', async () => {
    const command = run({ Command: 'wait' });
    await command.wrote('\n');
    command.call.cancel();
    await gone();
  });

  it('ends the processes that the program left behind', async () => {
    expect(await run({ Command: 'left' }).ended).toMatchObject({ status: 0 });
    await gone();
  });

  it('ends its programs when the agent stops', async () => {
    const command = run({ Command: 'wait' });
    await command.wrote('up');
    const pid = await command.started;
    await agent.close();
    await expect(command.ended).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
  });

  it('limits the number of programs, and accepts another when one has ended', async () => {
    const running = Array.from({ length: 3 }, () => run({ Command: 'deaf' }));
    await Promise.all(running.map(({ started }) => started));
    await expect(run({ Command: 'pwd' }).ended).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(
        /^the programs that run: 3 calls of one caller may be open; .*capabilities.exec.maxRunning/,
      ),
    });
    running[0]!.signal(SIGKILL);
    await running[0]!.ended;
    expect(await run({ Command: 'pwd' }).ended).toMatchObject({ status: 0 });
  });

  it.each<[string, Partial<exec.StartCommand> | undefined, string]>([
    ['PERMISSION_DENIED', { Command: '/bin/sh' }, '"/bin/sh" is not in capabilities.exec.commands'],
    ['PERMISSION_DENIED', { Command: 'cat', Arguments: ['secret'] }, '/bin/cat: argument 1 is not allowed'],
    [
      'PERMISSION_DENIED',
      { Command: 'env', EnvVars: { PATH: 'secret' } },
      'environment variable "PATH" is not allowed',
    ],
    ['PERMISSION_DENIED', { Command: 'pwd', WorkingDirectory: '/etc' }, 'directory "/etc" is not allowed'],
    ['PERMISSION_DENIED', { Command: 'cat', Role: 'daemon' }, 'role "daemon" is not allowed'],
    ['FAILED_PRECONDITION', { Command: 'program' }, '/no/such/program: this machine has no such program'],
    [
      'FAILED_PRECONDITION',
      { Command: 'pwd', WorkingDirectory: '/no/such/folder' },
      'has no directory /no/such/folder',
    ],
    ['FAILED_PRECONDITION', { Command: 'id', Role: 'no-such-user' }, 'Role: '],
    ['INVALID_ARGUMENT', { Command: '' }, 'Command: it is missing'],
    ['INVALID_ARGUMENT', undefined, 'Command: the first message is Start'],
  ])('answers %s to %j', async (reason, start, message) => {
    const command = run(start);
    if (!start) command.stdin('x');
    await expect(command.ended).rejects.toMatchObject({ reason, message: expect.stringContaining(message) });
  });

  it('answers INVALID_ARGUMENT to a second start, and to a call without a message', async () => {
    const command = run({ Command: 'deaf' });
    command.send({ $case: 'Start', value: { Command: 'deaf', Arguments: [], EnvVars: {} } });
    await expect(command.ended).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    const silent = run();
    silent.call.end();
    await expect(silent.ended).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('is recorded with command, role, pid and status, and not with arguments or input', async () => {
    agent.record.skip();
    const command = run({ Command: 'say', Arguments: ['secret', '', '7'], Stdin: Buffer.from('secret') });
    const Pid = await command.started;
    await command.ended;
    expect(await agent.record.next('OK')).toMatchObject({
      peer: 'gui-vm',
      rpc: '/exec.Exec/RunCommand',
      request: { Command: 'say', Role: '', Pid, ReturnCode: 7 },
    });
    await run({ Command: 'cat', Arguments: ['secret'], EnvVars: { A: 'secret' } }).ended.catch(() => undefined);
    expect(await agent.record.next('PERMISSION_DENIED')).toMatchObject({
      request: { Command: 'cat' },
      reason: '/bin/cat: argument 1 is not allowed',
    });
    await run({ Command: 'c'.repeat(300), Role: 'r'.repeat(300) }).ended.catch(() => undefined);
    expect(await agent.record.next('PERMISSION_DENIED')).toMatchObject({
      request: { Command: 'c'.repeat(256), Role: 'r'.repeat(256) },
    });
    const cut = run({ Command: 'deaf' });
    await cut.started;
    cut.call.cancel();
    expect(await agent.record.next('CANCELLED')).toMatchObject({
      request: { Command: 'deaf', Pid: expect.any(Number) },
    });
    expect(JSON.stringify([agent.record.lines, agent.lines])).not.toContain('secret');
  });

  (isRoot ? it : it.skip)(
    'of an agent that runs as root runs as the user of the role, with the groups of that',
    async () => {
      const { stdout } = await run({ Command: 'id', Role: 'nobody' }).ended;
      expect(String(stdout)).toMatch(/^uid=65534\(nobody\) gid=65534\(nogroup\) groups=65534\(nogroup\)\n$/);
      const environment = String((await run({ Command: 'env', Role: 'nobody' }).ended).stdout);
      expect(environment).toContain('USER=nobody\n');
    },
  );
});
