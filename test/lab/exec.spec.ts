// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { processesOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { cliProgram, execUser, programUnit, user } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const pollUntilEnd = `
import os, select, sys
try:
    select.select([os.pidfd_open(int(sys.argv[1]))], [], [])
except ProcessLookupError:
    pass
`;
const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
/** Resolves once the process has ended (pidfd_open(2), which Node does not have). */
const processEnd = (pid: number): Promise<string> => output(['python3', '-c', pollUntilEnd, String(pid)]);

describe('exec', () => {
  let lab: Lab;
  const exec = (...args: string[]) => lab.cli(['exec', ...args]);
  /** givc-cli with its input and outputs under the control of the test. */
  const start = (...args: string[]) => {
    const child = spawn(cliProgram, ['exec', ...args], { env: { ...process.env, ...lab.cliEnvironment() } });
    return { child, ended: once(child, 'close') as Promise<[number | null]> };
  };
  const inNetVm = (...command: string[]) => lab.machine('net-vm').run(command);
  /** A program that waits for input, once it runs, and the ids of its processes outside the machine. */
  const startWaiting = async () => {
    const { child, ended } = start('net-vm', '--user', execUser, '--', 'cat');
    child.stdin.write('x');
    await once(child.stdout, 'data');
    const pids = processesOf('net-vm', programUnit('net-vm')).filter((pid) => nameOf(pid) === 'cat');
    expect(pids).toHaveLength(1);
    return { child, ended, gone: () => processEnd(pids[0]!) };
  };

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('runs a program of a machine, and returns its output and status', async () => {
    expect(await exec('net-vm', '--', 'ip', 'addr')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('192.168.101.6/24'),
      stderr: '',
    });
    expect(await exec('net-vm', '--', '/bin/ip', 'link')).toMatchObject({
      status: 1,
      stderr: 'givc-cli: net-vm: /bin/ip: argument 1 is not allowed\n',
    });
  });

  it('runs a program as root, or as the user of the role with all groups and no privilege', async () => {
    expect((await exec('net-vm', '--', 'id')).stdout).toMatch(/^uid=0\(root\) gid=0\(root\)/);
    const { stdout } = await exec('net-vm', '--user', execUser, '--', 'id');
    expect(stdout).toMatch(
      new RegExp(`^uid=\\d+\\(${execUser}\\) gid=\\d+\\(${execUser}\\) groups=.*\\(lab-readers\\)`),
    );
    expect(stdout).not.toContain('root');
    expect((await exec('net-vm', '--user', 'daemon', '--', 'id')).stderr).toContain('role "daemon" is not allowed');
  });

  it('runs programs in a user session as that user only', async () => {
    expect((await exec('chrome-vm', '--', 'id')).stdout).toContain(`uid=${user.uid}(${user.name})`);
    const { status, stderr } = await exec('chrome-vm', '--user', 'root', '--', 'id');
    expect(status).toBe(1);
    expect(stderr).toContain(
      `this agent runs as ${user.name}, and only one that runs as root can run programs as root`,
    );
  });

  it('passes all bytes unchanged', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 256));
    const { child, ended } = start('net-vm', '--', 'cat');
    const read = buffer(child.stdout);
    child.stdin.end(bytes);
    expect((await read).equals(bytes)).toBe(true);
    expect(await ended).toEqual([0, null]);
  });

  it('passes 100 MiB without holding them in memory', async () => {
    const size = 100 * 1024 * 1024;
    const peak = async () => {
      const pid = (
        await lab.machine('net-vm').systemctl('show', '--property=MainPID', '--value', 'givc-net-vm.service')
      ).stdout.trim();
      const { stdout } = await inNetVm('grep', 'VmHWM', `/proc/${pid}/status`);
      return Number(/(\d+) kB/.exec(stdout)![1]);
    };
    await exec('net-vm', '--', 'head', '-c', '1000000', '/dev/zero');
    const before = await peak();
    const { child, ended } = start('net-vm', '--', 'head', '-c', String(size), '/dev/zero');
    child.stdin.end();
    let [length, largest] = [0, 0];
    child.stdout.on('data', (bytes: Buffer) => {
      length += bytes.length;
      if (length % (8 * 1024 * 1024) < bytes.length)
        largest = Math.max(
          largest,
          Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]),
        );
    });
    await ended;
    expect(length).toBe(size);
    expect(((await peak()) - before) / 1024).toBeLessThan(48);
    expect(largest / 1024).toBeLessThan(200);
  });

  it('ends its program when the command line is killed, and passes Ctrl-C on as a signal', async () => {
    const killed = await startWaiting();
    killed.child.kill('SIGKILL');
    await killed.gone();
    const interrupted = await startWaiting();
    interrupted.child.kill('SIGINT');
    expect(await interrupted.ended).toEqual([130, null]);
    await interrupted.gone();
  });

  it('ends its programs when the agent ends', async () => {
    const { ended } = await startWaiting();
    const netVm = lab.machine('net-vm');
    await netVm.systemctl('restart', netVm.program);
    expect((await inNetVm('pgrep', '-x', '-u', execUser, 'cat')).stdout).toBe('');
    expect((await ended)[0]).not.toBe(0);
    await lab.registered(['net-vm']);
  });
});

describe('updates', () => {
  it('are listed and installed by the host', async () => {
    const lab = await sharedLab();
    const { stdout } = await lab.cli(['update', 'list']);
    expect(stdout).toContain('25.05.20250612.fd48718');
    expect(await lab.cli(['update', 'cachix', 'my-pin', '--token', 'secret-token'])).toMatchObject({
      status: 0,
      stdout: 'resolving my-pin\nactivating\n',
    });
    expect(await lab.cli(['update', 'cachix', 'broken'])).toMatchObject({ status: 1 });
    const output = [
      await lab.machine('host').journal('givc-host.service'),
      await lab.machine('admin-vm').journal('givc-admin.service'),
    ];
    expect(output.join('\n')).not.toContain('secret-token');
    expect(output[1]).toContain('update has ended');
  });
});
