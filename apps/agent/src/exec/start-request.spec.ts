// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { exec } from '@givc/rpc';
import { parseStart } from './start-request.js';

const start = (more: Partial<exec.StartCommand>): exec.CommandRequest => ({
  Command: { $case: 'Start', value: { Command: '/bin/id', Arguments: [], EnvVars: {}, ...more } },
});

describe('a request to run a program', () => {
  it('is the first message of a call, and must name a command', () => {
    for (const Command of [undefined, { $case: 'Signal', value: { Signal: 15 } } as const])
      expect(() => parseStart({ Command })).toThrow('Command: the first message is Start');
    expect(() => parseStart(start({ Command: '' }))).toThrow('Command: it is missing');
  });

  it('treats empty names as missing', () => {
    expect(parseStart(start({ Role: '', WorkingDirectory: '' }))).toMatchObject({
      user: undefined,
      directory: undefined,
    });
  });

  it('is parsed unchanged up to the limits of execve(2)', () => {
    const Arguments = Array<string>(256).fill('x'.repeat(131_071));
    const EnvVars = Object.fromEntries([...Array(64).keys()].map((n) => [`A${n}`.padEnd(4_095, 'B'), 'y']));
    const [Role, WorkingDirectory, Stdin] = ['r'.repeat(4_095), 'd'.repeat(4_095), Buffer.from('in')];
    expect(parseStart(start({ Arguments, EnvVars, Role, WorkingDirectory, Stdin }))).toEqual({
      command: '/bin/id',
      args: Arguments,
      directory: WorkingDirectory,
      environment: new Map(Object.entries(EnvVars)),
      stdin: Stdin,
      user: Role,
    });
  });

  it.each<[string, Partial<exec.StartCommand>]>([
    ['Arguments: at most 256', { Arguments: Array<string>(257).fill('') }],
    ['Arguments[1]: it has at most 131071 bytes', { Arguments: ['', 'ä'.repeat(70_000)] }],
    ['Arguments[0]: it has no byte 0', { Arguments: ['secret\0'] }],
    ['EnvVars: at most 64', { EnvVars: Object.fromEntries([...Array(65).keys()].map((n) => [`A${n}`, ''])) }],
    ['EnvVars: it has at most 4095 bytes', { EnvVars: { ['A'.repeat(4_096)]: '' } }],
    ['EnvVars: TOKEN: it has no byte 0', { EnvVars: { TOKEN: 'secret\0' } }],
    ['Command: it has at most 4095 bytes', { Command: `/${'a'.repeat(4_095)}` }],
    ['Role: it has no byte 0', { Role: 'root\0secret' }],
    ['WorkingDirectory: it has at most 4095 bytes', { WorkingDirectory: '/'.repeat(5_000) }],
  ])('is rejected with the name of the invalid field, without its value: %s', (message, more) => {
    const parse = () => parseStart(start(more));
    expect(parse).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('secret');
  });
});
