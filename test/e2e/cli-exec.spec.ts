// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { exec } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { runRemotely } from '../../apps/cli/src/exec/remote-command.js';
import { cli } from '../support/cli.js';

const { SIGINT } = constants.signals;

describe('givc-cli exec', () => {
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
    const commands = [
      { command: '/bin/sh', args: ['...'], environment: ['A'], directories: ['/usr'] },
      { command: '/bin/cat' },
      { command: '/usr/bin/head', args: ['-c', '*', '/dev/zero'] },
    ];
    agent = await system.startAgent('net-vm', { capabilities: { exec: { enable: true, commands } } });
    await system.startAgent('gui-vm');
    await system.untilRegistered('net-vm');
    await system.untilRegistered('gui-vm');
  });
  afterAll(() => system.close());

  /** A program of the user, whose stdin and stdout belong to the test. */
  class Started {
    readonly stdin = new PassThrough();
    readonly stdout = new PassThrough();
    readonly stderr = new PassThrough();
    readonly signals = new EventEmitter();
    readonly status: Promise<number>;

    constructor(Command: string, ...Arguments: string[]) {
      const start: exec.StartCommand = { Command, Arguments, EnvVars: {} };
      this.status = runRemotely(system.channel(agent, { tls: undefined }), start, this);
    }
  }

  it('passes all bytes from stdin to stdout, and ends with the end of stdin', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
    const cat = new Started('cat');
    const read = buffer(cat.stdout);
    cat.stdin.end(bytes);
    expect(await cat.status).toBe(0);
    cat.stdout.end();
    expect((await read).equals(bytes)).toBe(true);
  });

  it('reads no faster than it can write', async () => {
    const size = 64 * 1024 * 1024;
    const head = new Started('head', '-c', String(size), '/dev/zero');
    let [shown, waiting] = [0, 0];
    // Reads one chunk at a time, and records how much was buffered meanwhile.
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _, done) => {
        shown += chunk.length;
        waiting = Math.max(waiting, slow.writableLength);
        setImmediate(done);
      },
    });
    head.stdout.pipe(slow);
    expect(await head.status).toBe(0);
    head.stdout.end();
    await new Promise((resolve) => slow.once('finish', resolve));
    expect(shown).toBe(size);
    expect(waiting).toBeLessThan(1024 * 1024);
  });

  it('sends the first Ctrl-C to the program, and ends at the second', async () => {
    const trap = (body: string) => new Started('sh', '-c', `trap '${body}' INT; echo up; while :; do sleep 0.05; done`);
    const polite = trap('exit 9');
    await new Promise((resolve) => polite.stdout.once('data', resolve));
    polite.signals.emit('SIGINT', 'SIGINT', SIGINT);
    expect(await polite.status).toBe(9);
    const stubborn = trap('echo no');
    await new Promise((resolve) => stubborn.stdout.once('data', resolve));
    stubborn.signals.emit('SIGINT', 'SIGINT', SIGINT);
    await new Promise((resolve) => stubborn.stdout.once('data', resolve));
    stubborn.signals.emit('SIGINT', 'SIGINT', SIGINT);
    expect(await stubborn.status).toBe(128 + SIGINT);
    expect(stubborn.signals.listenerCount('SIGINT')).toBe(0);
  });

  it('fails when stdin does', async () => {
    const cat = new Started('cat');
    cat.stdin.destroy(new Error('EISDIR'));
    await expect(cat.status).rejects.toMatchObject({ message: 'cannot read stdin: EISDIR' });
  });

  it('writes the output of the program to the same streams, and ends with its status', async () => {
    const script = 'echo "$0 $1 $A $(pwd)"; echo err >&2; exit 7';
    const options = ['--env', 'A=b=c', '--directory', '/usr'];
    const run = await cli(system, 'exec', 'net-vm', ...options, '--', 'sh', '-c', script, 'x', '--y');
    expect(run).toEqual({ status: 7, out: 'x --y b=c /usr\n', err: 'err\n' });
    expect(await cli(system, 'exec', 'net-vm', '--', 'sh', '-c', 'exit 0')).toEqual({ status: 0, out: '', err: '' });
  });

  it('prints one line when a command is not allowed or not offered', async () => {
    expect(await cli(system, 'exec', 'net-vm', '--', 'cat', 'secret')).toEqual({
      status: 1,
      out: '',
      err: 'givc-cli: net-vm: /bin/cat: argument 1 is not allowed\n',
    });
    const { status, err } = await cli(system, 'exec', 'gui-vm', '--', 'cat');
    expect(status).toBe(1);
    expect(err).toContain('the agent of gui-vm does not offer this; capabilities.exec.enable');
    expect((await cli(system, 'exec', 'nte-vm', '--', 'cat')).err).toBe(
      'givc-cli: VM "nte-vm" is unknown: did you mean "net-vm"? "givc-cli status" lists the VMs\n',
    );
  });
});
