// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { RunningCli } from './running-cli.fixture.js';

const cli = (...args: string[]) => new RunningCli(args).ended;

describe('givc-cli', () => {
  it.each([
    [['--nope'], 'unknown option "--nope"', 'givc-cli'],
    [['frobnicate'], 'unknown command "frobnicate"', 'givc-cli'],
    [['qurey'], 'unknown command "qurey": did you mean "query"?', 'givc-cli'],
    [['qurey', '--as-json'], 'unknown command "qurey": did you mean "query"?', 'givc-cli'],
    [['start', 'ap', 'clock', '--vm', 'a'], 'unknown command "ap": did you mean "app"?', 'givc-cli start'],
    [['--prot', '1', 'query'], 'unknown option "--prot": did you mean "--port"?', 'givc-cli'],
    [['start', '--prot', '1', 'vm'], 'unknown option "--prot": did you mean "--port"?', 'givc-cli start'],
    [[], 'a command is missing', 'givc-cli'],
    [['start'], 'a command is missing: app, vm, service', 'givc-cli start'],
    [['start', 'app', 'chromium'], 'required option "--vm <vm>" not specified', 'givc-cli start app'],
    [['start', 'vm'], 'missing required argument "vm"', 'givc-cli start vm'],
    [['start', 'vm', 'a', 'b'], 'too many arguments for "vm": expected 1 argument but got 2;', 'givc-cli start vm'],
    [['start', 'vm', 'a b'], 'vm: invalid VM name "a b"', 'givc-cli start vm'],
    [['start', 'app', 'a b', '--vm', 'c'], 'app: invalid application name "a b"', 'givc-cli start app'],
    [['start', 'app', 'a', '--vm', 'b c'], '--vm: invalid VM name "b c"', 'givc-cli start app'],
    [
      ['start', 'service', 'web', '--vm', 'a'],
      'unit: invalid unit name "web": expected a suffix',
      'givc-cli start service',
    ],
    [['stop', 'service', 'web', '--vm', 'a'], 'unit: invalid unit name "web"', 'givc-cli stop service'],
    [['stop', 'app', 'a@x'], 'instance: invalid instance "a@x"', 'givc-cli stop app'],
    [['pause', 'a@x'], 'instance: invalid instance "a@x"', 'givc-cli pause'],
    [['resume', 'a@0', '--vm', 'b c'], '--vm: invalid VM name "b c"', 'givc-cli resume'],
    [['get-status', 'a', 'web'], 'unit: invalid unit name "web"', 'givc-cli get-status'],
    [['stop', 'machine', 'a'], 'unknown command "machine": expected app, vm, service', 'givc-cli stop'],
    [['query', '--as-jsn'], 'unknown option "--as-jsn": did you mean "--as-json"?', 'givc-cli query'],
    [['query', '--by-type', '15'], '--by-type: invalid unit type 15: expected 0-14', 'givc-cli query'],
    [['watch', '--limit', '-1'], '--limit: invalid number "-1": expected a whole number', 'givc-cli watch'],
    [['wait'], 'missing required argument "unit"', 'givc-cli wait'],
    [['wait', 'web'], 'unit: invalid unit name "web"', 'givc-cli wait'],
    [['wait', 'a.service', '--state', 'up'], '--state: invalid state "up": expected running, stopped', 'givc-cli wait'],
    [['wait', 'a.service', '--timeout', '0'], '--timeout: invalid duration "0": expected seconds', 'givc-cli wait'],
    [['wait', 'a.service', '--timeout', '5s'], '--timeout: invalid duration "5s": expected seconds', 'givc-cli wait'],
    [
      ['status', '--follow', '--as-json'],
      '--follow and --as-json exclude each other: use "watch --as-json"',
      'givc-cli status',
    ],
    [['logs', '--vm', 'a'], 'missing required argument "unit"', 'givc-cli logs'],
    [['logs', 'web.service'], 'required option "--vm <vm>" not specified', 'givc-cli logs'],
    [['logs', 'web', '--vm', 'a'], 'unit: invalid unit name "web"', 'givc-cli logs'],
    [['logs', 'a.service', '--vm', 'b', '-n', '0'], '--lines: 0 lines need --follow', 'givc-cli logs'],
    [
      ['logs', 'a.service', '--vm', 'b', '-n', '10001'],
      '--lines: invalid number "10001": expected a whole',
      'givc-cli logs',
    ],
    [
      ['logs', 'a.service', '--vm', 'b', '-o', 'xml'],
      '--output: invalid format "xml": expected short, json, cat',
      'givc-cli logs',
    ],
    [
      ['logs', 'a.service', '--vm', 'b', '--since', 'soon'],
      '--since: invalid time "soon": expected "10min"',
      'givc-cli logs',
    ],
    [
      ['logs', 'a.service', '--vm', 'b', '--priority', 'loud'],
      '--priority: invalid priority "loud": expected 0-7 or emerg',
      'givc-cli logs',
    ],
    [['set-locale'], 'missing required argument "locale"', 'givc-cli set-locale'],
    [['set-locale', 'finnish'], 'locale: invalid locale "finnish"', 'givc-cli set-locale'],
    [['set-locale', 'LC_TIME=C', 'fi_FI'], 'fi_FI: expected KEY=VALUE', 'givc-cli set-locale'],
    [
      ['set-locale', 'LD_PRELOAD=C'],
      'KEY: invalid variable "LD_PRELOAD": expected LANG, LC_ADDRESS',
      'givc-cli set-locale',
    ],
    [['set-locale', 'LANGUAGE=fi', ''], 'KEY: invalid variable "LANGUAGE": expected LANG', 'givc-cli set-locale'],
    [['set-locale', 'LANG=C', 'LANG=C'], 'LANG: it is assigned twice', 'givc-cli set-locale'],
    [['set-timezone', '../UTC'], 'zone: invalid timezone "../UTC"', 'givc-cli set-timezone'],
    [
      ['notify-user', 'a', '--urgency', 'high'],
      '--urgency: invalid urgency "high": expected low, normal',
      'givc-cli notify-user',
    ],
    [['get-stats', 'a b'], 'vm: invalid VM name "a b"', 'givc-cli get-stats'],
    [['hwid'], 'missing required argument "vm"', 'givc-cli hwid'],
    [['restart'], 'a command is missing: app, vm, service', 'givc-cli restart'],
    [
      ['restart', 'service', 'microvm@a-vm.service', '--vm', 'host'],
      'microvm@a-vm.service is a VM: use "restart vm a-vm" instead',
      'givc-cli restart service',
    ],
    [
      ['restart', 'service', 'givc-a-vm.service', '--vm', 'a-vm'],
      'givc-a-vm.service is an agent',
      'givc-cli restart service',
    ],
    [['restart', 'app', 'a@x.service'], 'instance: invalid instance "a@x.service"', 'givc-cli restart app'],
    [['test', 'ensure', 'a.service'], 'required option "--retry <number>" not specified', 'givc-cli test ensure'],
    [['exec', 'net-vm'], 'missing required argument "command"', 'givc-cli exec'],
    [['exec', '-vm', '--', 'id'], 'unknown option "-vm"', 'givc-cli exec'],
    [['exec', 'a_', '--', 'id'], 'vm: invalid VM name "a_"', 'givc-cli exec'],
    [['exec', 'a', '--env', 'secret', '--', 'id'], '--env: expected KEY=VALUE', 'givc-cli exec'],
    [['update'], 'a command is missing: list, cachix', 'givc-cli update'],
    [['update', 'cachix'], 'missing required argument "pin"', 'givc-cli update cachix'],
    [['wifi'], 'a command is missing: list, status, connect, disconnect, on, off', 'givc-cli wifi'],
    [['wifi', 'on', '--vm', '-'], '--vm: invalid VM name "-"', 'givc-cli wifi on'],
    [['wifi', 'connect', 'home', 'secret'], 'too many arguments', 'givc-cli wifi connect'],
    [
      ['wifi', 'connect', 'home', '--password-stdin', '--password-file', 'a'],
      '--password-stdin and --password-file exclude each other',
      'givc-cli wifi connect',
    ],
    [['policies', '--vm', '../x'], '--vm: invalid VM name "../x"', 'givc-cli policies'],
    [['policy', 'status', '--vm', '../x'], '--vm: invalid VM name "../x"', 'givc-cli policy status'],
    [['policy'], 'a command is missing: status, check, test, why, reach', 'givc-cli policy'],
    [
      ['policy', 'check', '/nonexistent'],
      'cannot read /nonexistent: ENOENT: no such file or directory; see',
      'givc-cli policy check',
    ],
    [
      ['policy', 'check', '--for', 'vm', 'a'],
      '--for: invalid daemon "vm": expected admin or agent',
      'givc-cli policy check',
    ],
    [['policy', 'test', 'a', '--source', 'b'], 'required option "--call <rpc>" not specified', 'givc-cli policy test'],
    [['completion', 'tcsh'], 'shell: invalid shell "tcsh": expected bash, zsh, fish', 'givc-cli completion'],
    [['certs'], 'a command is missing: authority, issue, issue-all, show, verify', 'givc-cli certs'],
    [['certs', 'issue', 'a'], 'required option "--authority <folder>" not specified', 'givc-cli certs issue'],
    [
      ['certs', 'authority', 'a', '--days', '0'],
      '--days: invalid number "0": expected a whole number from 1',
      'givc-cli certs authority',
    ],
    [['certs', 'verify', 'a', '--name', '-'], '--name: invalid VM name "-"', 'givc-cli certs verify'],
    [
      ['certs', 'issue-all', '/nope', '--authority', 'a', '--out', 'b'],
      'cannot read /nope',
      'givc-cli certs issue-all',
    ],
    [['query', '--notls', '--port', 'x'], '--addr and --port: invalid port "x": expected 0-65535', 'givc-cli query'],
    [
      ['--cacert', '/nope', '--cert', '/nope', '--key', '/nope', 'query'],
      'cannot read the CA certificate /nope: ENOENT: no such file or directory; see',
      'givc-cli query',
    ],
  ])('answers %j with status 2 and one line', async (args, problem, page) => {
    const { status, out, err } = await cli(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`givc-cli: ${problem}`);
    expect(err).toMatch(new RegExp(`^[^\\n]*; see "${page} --help"\\n$`));
  });

  it('prints its version and its help on stdout, with status 0', async () => {
    expect(await cli('--version')).toMatchObject({ status: 0, err: '' });
    const help = await cli('--help');
    expect(help).toMatchObject({ status: 0, err: '' });
    expect(help.out).toContain('Usage: givc-cli [options] [command]');
    expect(help.out).toContain('3 when "wait" has timed out');
  });

  it.each([
    'start app',
    'start vm',
    'start service',
    'stop app',
    'stop service',
    'restart app',
    'restart vm',
    'restart service',
    'pause',
    'resume',
    'status',
    'query',
    'query-list',
    'get-status',
    'get-stats',
    'sysinfo',
    'set-locale',
    'set-timezone',
    'notify-user',
    'hwid',
    'watch',
    'wait',
    'logs',
    'reboot',
    'poweroff',
    'suspend',
    'wakeup',
    'exec',
    'update list',
    'update cachix',
    'wifi list',
    'wifi status',
    'wifi connect',
    'wifi disconnect',
    'wifi on',
    'wifi off',
    'ctap',
    'test ensure',
  ])('has help with an example for %s', async (command) => {
    const { status, out } = await cli(...command.split(' '), '--help');
    expect(status).toBe(0);
    expect(out).toContain(`Usage: givc-cli ${command}`);
    expect(out).toMatch(/Examples?:\n {2}givc-cli /);
    expect(out).toContain('--cacert <file>');
  });

  it.each([
    'completion',
    'certs authority',
    'certs issue',
    'certs issue-all',
    'certs show',
    'certs verify',
    'policy check',
    'policy test',
    'policy why',
    'policy reach',
  ])('has help with an example and without the options of the admin for %s', async (command) => {
    const { status, out } = await cli(...command.split(' '), '--help');
    expect(status).toBe(0);
    expect(out).toContain(`Usage: givc-cli ${command}`);
    expect(out).toMatch(/Examples?:\n {2}.*givc-cli /);
    expect(out).not.toContain('--cacert <file>');
  });

  it('fails with status 1 and one line when the admin cannot be reached', async () => {
    const { status, out, err } = await cli('--notls', 'query', '--addr', '/nonexistent/givc.sock');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toBe(
      'givc-cli: cannot reach the admin at /nonexistent/givc.sock: no such socket; is givc-admin running, and is --addr right?\n',
    );
  });
});

describe('the command help', () => {
  it.each([
    ['help', '--help'],
    ['help start', 'start --help'],
    ['help start app', 'start app --help'],
    ['start help app', 'start app --help'],
  ])('%s prints the same as %s', async (words, same) => {
    const shown = await new RunningCli(words.split(' ')).ended;
    expect(shown).toMatchObject({ status: 0, err: '', out: expect.stringContaining('Usage: givc-cli') as string });
    expect(shown.out).toBe((await new RunningCli(same.split(' ')).ended).out);
  });

  it('suggests the likeliest command for a mistyped one', async () => {
    expect(await new RunningCli(['help', 'strat']).ended).toEqual({
      status: 2,
      out: '',
      err: 'givc-cli: unknown command "strat": did you mean "start"?; see "givc-cli --help"\n',
    });
  });
});
