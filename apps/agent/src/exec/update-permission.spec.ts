// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { VmName } from '@givc/model';
import type { StartRequest } from './start-request.js';
import { permitUpdate } from './update-permission.js';

const [admin, netVm] = ['admin-vm', 'net-vm'] as VmName[];
const request = (args: readonly string[], more: Partial<StartRequest> = {}): StartRequest => ({
  ...{ command: 'ota-update', args, directory: undefined, environment: new Map(), stdin: undefined, user: undefined },
  ...more,
});
const cachix = ['cachix', 'pin', '--cache', 'cache'];

describe('an agent without a list of commands', () => {
  const path = process.env['PATH'];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-update-'));
    writeFileSync(join(folder, 'ota-update'), '');
    chmodSync(join(folder, 'ota-update'), 0o755);
    process.env['PATH'] = `relative:${folder}/none:${folder}:${path}`;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  const permit = (asked: StartRequest, caller: VmName | undefined = admin) =>
    permitUpdate(asked, { caller, admin: admin! }, 'root');

  it.each([
    [['get']],
    [cachix],
    [[...cachix, '--token', 'secret']],
    [[...cachix, '--cachix-host', 'https://cachix.example']],
    [[...cachix, '--token', 'secret', '--cachix-host', 'host']],
  ])('permits its admin to run ota-update %j from the PATH', (args) => {
    expect(permit(request(args))).toEqual({ command: join(folder, 'ota-update'), user: 'root' });
  });

  it.each<[string, StartRequest]>([
    ['no arguments', request([])],
    ['another subcommand', request(['image'])],
    ['get with more arguments', request(['get', '--all'])],
    ['a pin that is an option', request(['cachix', '--help', '--cache', 'cache'])],
    ['a cache that is an option', request(['cachix', 'pin', '--cache', '-x'])],
    ['a token that is an option', request([...cachix, '--token', '--profile'])],
    ['options in another order', request([...cachix, '--cachix-host', 'h', '--token', 't'])],
    ['an option of its own', request([...cachix, '--profile', '/x'])],
    ['the path of the program', request(['get'], { command: '/usr/bin/ota-update' })],
    ['another program', request(['get'], { command: 'sh' })],
    ['a role', request(['get'], { user: 'root' })],
    ['a directory', request(['get'], { directory: '/' })],
    ['a variable', request(['get'], { environment: new Map([['PATH', '/tmp']]) })],
    ['input', request(['get'], { stdin: Buffer.from('x') })],
  ])('rejects %s', (_, asked) => {
    expect(() => permit(asked)).toThrow(expect.objectContaining({ reason: 'PERMISSION_DENIED' }) as Error);
  });

  it.each([
    ['another program', { command: 'sh' }, '"sh" is not allowed'],
    ['a role', { user: 'root' }, 'a role, a directory, a variable or input is not allowed'],
    ['a directory', { directory: '/' }, 'a role, a directory, a variable or input is not allowed'],
    ['a variable', { environment: new Map([['A', '']]) }, 'a role, a directory, a variable or input is not allowed'],
  ])('rejects %s with an error that names what may run', (_, more, problem) => {
    expect(() => permit(request(['get'], more))).toThrow(
      `${problem}: this agent lists no capabilities.exec.commands, so only its admin may run ota-update`,
    );
  });

  it('accepts an empty input', () => {
    expect(permit(request(['get'], { stdin: Buffer.alloc(0) }))).toMatchObject({ user: 'root' });
  });

  it('ignores relative folders of the PATH, and folders named ota-update', () => {
    process.env['PATH'] = relative(process.cwd(), folder);
    expect(() => permit(request(['get']))).toThrow('ota-update is not on the PATH of this agent');
    mkdirSync(join(folder, 'folder', 'ota-update'), { recursive: true });
    process.env['PATH'] = `${folder}/folder:${folder}`;
    expect(permit(request(['get']))).toMatchObject({ command: join(folder, 'ota-update') });
    delete process.env['PATH'];
    expect(() => permit(request(['get']))).toThrow('ota-update is not on the PATH of this agent');
  });

  it('rejects every other caller, and callers without a certificate', () => {
    expect(() => permit(request(['get']), netVm)).toThrow(
      /^net-vm may run nothing: .* so only its admin may run ota-update/,
    );
    expect(() => permitUpdate(request(['get']), { caller: undefined, admin: admin! }, 'root')).toThrow(
      /^a caller without a certificate may run nothing/,
    );
  });

  it('fails with its own message when the program is not on the PATH', () => {
    chmodSync(join(folder, 'ota-update'), 0o644);
    expect(() => permit(request(['get']))).toThrow(
      expect.objectContaining({
        reason: 'FAILED_PRECONDITION',
        message: 'ota-update is not on the PATH of this agent',
      }) as Error,
    );
  });
});
