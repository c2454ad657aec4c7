// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { applicationEnvironment } from './application-environment.js';

describe('the environment of an application', () => {
  it("is the agent's environment, with every character that systemd accepts", () => {
    const own = { PATH: '/run/current-system/sw/bin', WAYLAND_DISPLAY: 'wayland-1', A_1: 'a=b "c" $d %e\t\n é' };
    expect(applicationEnvironment(own, {})).toEqual(own);
  });

  it.each([
    ...['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC', 'LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'FDSTORE'],
    ...['INVOCATION_ID', 'CREDENTIALS_DIRECTORY', 'RUNTIME_DIRECTORY', 'STATE_DIRECTORY', 'CACHE_DIRECTORY'],
    ...['LOGS_DIRECTORY', 'CONFIGURATION_DIRECTORY', 'JOURNAL_STREAM', 'SYSTEMD_EXEC_PID', 'MANAGERPID', 'MAINPID'],
    ...['MEMORY_PRESSURE_WATCH', 'TRIGGER_UNIT', 'MONITOR_UNIT', 'SERVICE_RESULT', 'REMOTE_ADDR', 'PIDFILE'],
    ...['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', '_', 'SHLVL', 'PWD', 'OLDPWD'],
  ])('has no %s, which is only for the agent', (name) => {
    expect(applicationEnvironment({ [name]: 'value', HOME: '/home/user' }, {})).toEqual({ HOME: '/home/user' });
  });

  it('contains no variable that the built start script sets', () => {
    const build = readFileSync('scripts/build.mjs', 'utf8');
    const variables = /^const env = \[(.*)\];$/m.exec(build)?.[1]?.match(/[A-Z_]+(?==)/g);
    expect(variables).toHaveLength(2);
    expect(applicationEnvironment(Object.fromEntries(variables!.map((name) => [name, '1'])), {})).toEqual({});
  });

  it('leaves out variables of the manager, except those that the unit of the agent has changed', () => {
    const inherited = { LANG: 'en_US.UTF-8', PATH: '/usr/bin' };
    expect(applicationEnvironment({ LANG: 'en_US.UTF-8', PATH: '/nix/bin' }, inherited)).toEqual({ PATH: '/nix/bin' });
  });

  it('leaves out what systemd rejects, so that the application starts', () => {
    const own = { 'BASH_FUNC_f%%': '() { :; }', '1A': 'a', 'A-B': 'a', A: '\u0007', B: 'caf\ufffd', C: 'c' };
    expect(applicationEnvironment(own, {})).toEqual({ C: 'c' });
  });
});
