// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { runProgram } from './run-program.js';

const text = ({ stdout, status }: { stdout: Buffer; status: number }) => ({ stdout: stdout.toString(), status });

describe('a program', () => {
  it('gets its arguments without a shell, and its output is returned', async () => {
    expect(text(await runProgram('echo', ['$HOME', ';', 'a  b']))).toEqual({ stdout: '$HOME ; a  b\n', status: 0 });
  });

  it('reads any bytes of its input', async () => {
    const stdin = Buffer.from([0, 255, 10, 128]);
    expect((await runProgram('cat', [], { stdin })).stdout).toEqual(stdin);
  });

  it('has an empty input by default', async () => {
    expect(text(await runProgram('cat', []))).toEqual({ stdout: '', status: 0 });
  });

  it('may end without reading its input', async () => {
    expect(text(await runProgram('true', [], { stdin: Buffer.alloc(4 * 1024 * 1024) }))).toEqual({
      stdout: '',
      status: 0,
    });
  });

  it('resolves with its exit status when it fails, or with 128 and the number of a signal', async () => {
    expect((await runProgram('sh', ['-c', 'echo no >&2; exit 7'])).stderr.toString()).toBe('no\n');
    expect((await runProgram('sh', ['-c', 'exit 7'])).status).toBe(7);
    expect((await runProgram('sh', ['-c', 'kill -TERM $$'])).status).toBe(143);
  });

  it('is named in the error when it is missing', async () => {
    await expect(runProgram('no-such-program', ['secret'])).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^no-such-program: this machine has no such program/),
    });
  });

  it('is killed when it takes too long, writes too much, or is cancelled', async () => {
    await expect(runProgram('sleep', ['60'], { timeoutMs: 20 })).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await expect(runProgram('yes', [], { maxBytes: 1000 })).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    const hangUp = new AbortController();
    const call = runProgram('sleep', ['60'], { signal: hangUp.signal });
    hangUp.abort();
    await expect(call).rejects.toMatchObject({ reason: 'CANCELLED' });
  });

  it('does not show its arguments in an error', async () => {
    await expect(runProgram('sh', ['-c', 'sleep 60', 'secret'], { timeoutMs: 20 })).rejects.toMatchObject({
      message: expect.not.stringContaining('secret'),
    });
  });
});
