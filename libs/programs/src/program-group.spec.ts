// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:os';
import { buffer, text } from 'node:stream/consumers';
import { ProgramGroup } from './program-group.js';

const { SIGKILL, SIGSTOP, SIGTERM, SIGUSR1 } = constants.signals;
const environment = { PATH: process.env['PATH']! };
const start = (command: string, ...args: string[]) =>
  ProgramGroup.start(command, args, { environment, directory: '/' });
const sh = (script: string) => start('sh', '-c', script);
/** Resolves when the program has written something. */
const said = ({ stdout }: ProgramGroup) =>
  new Promise<string>((resolve) => stdout.once('data', (b) => resolve(String(b))));

describe('a program in a group of its own', () => {
  const groups: ProgramGroup[] = [];
  const kept = async (starting: Promise<ProgramGroup>) => {
    const group = await starting;
    groups.push(group);
    return group;
  };
  afterEach(async () => {
    for (const group of groups) group.signal(SIGKILL);
    for (const group of groups.splice(0)) {
      group.abandon();
      await group.gone;
    }
  });

  it('has only the given environment and directory', async () => {
    const group = await kept(
      ProgramGroup.start('env', [], { environment: { ...environment, A: 'b c' }, directory: '/' }),
    );
    expect((await text(group.stdout)).trim().split('\n').sort()).toEqual(['A=b c', `PATH=${environment.PATH}`]);
    expect(await group.ended).toBe(0);
    expect(await text((await kept(start('pwd'))).stdout)).toBe('/\n');
  });

  it('reads and writes any bytes', async () => {
    const group = await kept(start('cat'));
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    group.stdin.end(bytes);
    expect(await buffer(group.stdout)).toEqual(bytes);
  });

  it('ends with its status, or with 128 and the signal', async () => {
    expect(await (await kept(sh('exit 7'))).ended).toBe(7);
    const group = await kept(sh('trap "exit 3" USR1; echo up; while :; do sleep 0.01; done'));
    await said(group);
    expect(group.signal(SIGUSR1)).toBe(true);
    group.stdout.resume();
    expect(await group.ended).toBe(3);
    const killed = await kept(start('sleep', '60'));
    killed.abandon();
    expect(await killed.ended).toBe(128 + SIGTERM);
  });

  it('ends with all processes of its group, including those that it left behind', async () => {
    const group = await kept(sh('sleep 60 & echo $!'));
    const child = Number(await said(group));
    group.stdout.resume();
    expect(await group.ended).toBe(0);
    await group.gone;
    expect(() => process.kill(child, 0)).toThrow('ESRCH');
    expect(group.signal(SIGTERM)).toBe(false);
  });

  it('ends even when it was stopped', async () => {
    const group = await kept(sh('trap "exit 4" TERM; echo up; while :; do sleep 0.01; done'));
    await said(group);
    group.signal(SIGSTOP);
    group.abandon();
    expect(await group.ended).toBe(4);
  });

  it('is killed when it does not end within 5 s, with each process that holds its outputs', async () => {
    const group = await kept(sh('trap "" TERM; setsid sleep 60 & echo $!; while :; do sleep 0.01; done'));
    const escaped = Number(await said(group));
    group.abandon();
    expect(await group.ended).toBe(128 + SIGKILL);
    process.kill(escaped, SIGKILL);
  });

  it('cannot start when it is missing or its arguments are too long, without arguments in the error', async () => {
    await expect(start('/no/such/program', 'secret')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot run \/no\/such\/program: (?!.*secret)/),
    });
    await expect(start('true', ...Array<string>(40).fill('a'.repeat(131_000)))).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
    });
  });
});
