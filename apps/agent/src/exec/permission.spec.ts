// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { permitCommand } from './permission.js';
import type { AllowedCommand } from './exec.config.js';
import type { StartRequest } from './start-request.js';

const entry = (command: string, more: Partial<AllowedCommand> = {}): AllowedCommand => ({
  command,
  args: [],
  users: [],
  environment: [],
  directories: [],
  ...more,
});

const request = (command: string, more: Partial<StartRequest> = {}): StartRequest => ({
  command,
  args: [],
  directory: undefined,
  environment: new Map(),
  stdin: undefined,
  user: undefined,
  ...more,
});

const log = entry('/bin/log', {
  args: ['show', '*'],
  users: ['root', 'reader'],
  environment: ['TERM'],
  directories: ['/var/log'],
});
const commands = [log, entry('/bin/id'), entry('/opt/bin/id'), entry('/bin/log', { args: ['clear'] })];

const may = (asked: StartRequest) => permitCommand(commands, asked, 'root');
const rejection = (asked: StartRequest): string => {
  try {
    may(asked);
    return 'permitted';
  } catch (error) {
    expect(error).toMatchObject({ reason: 'PERMISSION_DENIED' });
    return (error as Error).message;
  }
};

describe('a command', () => {
  it('runs as the requested user, or as the user of the agent, if it is listed', () => {
    expect(may(request('/bin/id'))).toEqual({ command: '/bin/id', user: 'root' });
    const all = { args: ['show', 'boot'], environment: new Map([['TERM', 'vt100']]), directory: '/var/log' };
    expect(may(request('/bin/log', { ...all, user: 'reader' }))).toEqual({ command: '/bin/log', user: 'reader' });
  });

  it('does not run if it is not listed', () => {
    for (const command of ['/bin/sh', '/usr/bin/id', '/bin/../bin/id', './id', 'bin/id', '/bin/id ', 'ID'])
      expect(rejection(request(command))).toContain('is not in capabilities.exec.commands');
  });

  it('may be named without its folder if only one command has that name', () => {
    expect(may(request('log', { args: ['clear'] }))).toMatchObject({ command: '/bin/log' });
    expect(rejection(request('id'))).toBe('"id" is the name of /bin/id and /opt/bin/id: give the whole path');
  });

  it('is rejected with the part that is not allowed, and without arguments or values', () => {
    const show = { args: ['show', 'boot'] };
    expect(rejection(request('/bin/log', { args: ['show', '--secret'] }))).toBe('/bin/log: argument 2 is not allowed');
    expect(rejection(request('/bin/log', { args: ['show'] }))).toBe(
      '/bin/log: an argument is missing after argument 1',
    );
    expect(rejection(request('/bin/log'))).toBe('/bin/log: it needs arguments');
    expect(rejection(request('/bin/id', { args: ['secret'] }))).toContain('argument 1 is not allowed');
    expect(rejection(request('/bin/log', { ...show, environment: new Map([['LD_PRELOAD', 'secret']]) }))).toBe(
      '/bin/log: environment variable "LD_PRELOAD" is not allowed',
    );
    expect(rejection(request('/bin/log', { ...show, directory: '/var/log/' }))).toContain(
      'directory "/var/log/" is not allowed',
    );
    expect(rejection(request('/bin/log', { ...show, user: 'nobody' }))).toBe(
      '/bin/log: role "nobody" is not allowed; root, reader may be asked for',
    );
  });

  it('runs only as a listed user, even when the request names no user', () => {
    const onlyReader = [entry('/bin/id', { users: ['reader'] })];
    expect(permitCommand(onlyReader, request('/bin/id', { user: 'reader' }), 'root')).toMatchObject({ user: 'reader' });
    expect(() => permitCommand(onlyReader, request('/bin/id'), 'root')).toThrow('role "root" is not allowed');
    expect(() => permitCommand(commands, request('/bin/id', { user: 'reader' }), 'root')).toThrow(
      'root may be asked for',
    );
  });

  it('is rejected with the reason of the first entry when two match equally well', () => {
    const alike = ['reader', 'writer'].map((user) => entry('/bin/id', { users: [user] }));
    expect(() => permitCommand(alike, request('/bin/id'), 'root')).toThrow('reader may be asked for');
  });

  it('needs one entry that allows all of its parts', () => {
    expect(rejection(request('/bin/log', { args: ['clear'], environment: new Map([['TERM', 'vt100']]) }))).toContain(
      'environment variable "TERM" is not allowed',
    );
  });
});
