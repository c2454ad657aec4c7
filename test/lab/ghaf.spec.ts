// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { listedGenerations } from '../support/ota-update.js';
import { agentUnitOf } from './ghaf-units.js';
import { Lab } from './lab.js';
import { isGhaf, machineNames, productName, user, type MachineName } from './plan.js';
import { output } from './run.js';
import { RunningProgram } from './running-program.js';
import { freeze } from './suspend.js';
import { type Watched } from './watched.js';

interface Recorded {
  readonly phase?: 'began' | 'ended';
  readonly peer: string;
  readonly rpc: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly answer: string;
}

/** Runs with GIVC_LAB=ghaf: the machines, files and command lines of Ghaf, without changes for these programs. */
describe('the machines of Ghaf', () => {
  let lab: Lab;
  let watched: Watched;

  const fromGui = (...args: string[]) => lab.cliOf('gui-vm', args);
  const fromHost = (...args: string[]) => lab.cliOf('host', args);
  const read = (name: MachineName, ...command: string[]) => output(lab.machine(name).enter(command));
  const sh = (name: MachineName, script: string) => read(name, 'sh', '-c', script);
  const becomes = (unit: string, vm: string, status: 'Running' | 'PoweredOff') =>
    watched.until(`${unit} of ${vm} is ${status}`, () => watched.row(unit, vm)?.status === status);
  /** The admin's audit records of calls of an rpc, oldest first. */
  const recorded = async (rpc: string): Promise<Recorded[]> => {
    const lines = await sh('admin-vm', 'journalctl --sync; journalctl -b -o cat -t givc-audit');
    const all = lines.split('\n').map((line) => JSON.parse(line) as Recorded);
    return all.filter((line) => line.phase !== 'began' && line.rpc.endsWith(`/${rpc}`));
  };
  /** The admin's audit record of the last start of this unit. */
  const lastStart = async (unit: string) =>
    (await recorded('StartService')).findLast(({ request }) => request['ServiceName'] === unit);

  beforeAll(async () => {
    if (!isGhaf) throw new Error('this is for GIVC_LAB=ghaf');
    lab = await Lab.start();
    watched = lab.watchOf('gui-vm');
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterAll(() => watched?.stop());

  it('register and report under rules that know only RegisterService', async () => {
    for (const name of machineNames) {
      await lab.machine(name).logged(agentUnitOf(name), 'by=reporting');
      expect(watched.row(agentUnitOf(name), productName(name))).toMatchObject({ status: 'Running' });
    }
    expect((await recorded('Report')).map(({ peer, answer }) => `${peer} ${answer}`).sort()).toEqual(
      machineNames.map((name) => `${productName(name)} OK`).sort(),
    );
    await lab.machine('net-vm').systemctl('stop', 'net-balanced.service');
    await becomes('net-balanced.service', 'net-vm', 'PoweredOff');
    await lab.machine('net-vm').systemctl('start', 'net-balanced.service');
    await becomes('net-balanced.service', 'net-vm', 'Running');
  });

  describe('an application', () => {
    const start = (...args: string[]) => fromGui('start', 'app', 'google-chrome', '--vm', 'chrome-vm', '--', ...args);
    const written = async (file: 'arguments' | 'environment') =>
      (await read('chrome-vm', 'cat', `/run/user/${user.uid}/${file}`)).split('\n');
    const instance = (number: number) => `google-chrome@${number}.service`;
    const nameOf = (assignment: string) => assignment.split('=')[0]!;
    const instances = () => watched.rows.filter(({ service_type }) => service_type === 'App');
    afterEach(async () => {
      await fromGui('stop', 'app', 'google-chrome@');
      await watched.until('none runs', () => instances().length === 0);
    });

    it('starts with the options of its command, then the arguments of the request', async () => {
      const { status, stdout } = await start('--new-window', 'http://com.google.Chrome');
      expect([status, stdout]).toEqual([0, expect.stringContaining(instance(0))]);
      await becomes(instance(0), 'chrome-vm', 'Running');
      expect(await written('arguments')).toEqual([
        '--ozone-platform=wayland',
        '--new-window',
        'http://com.google.Chrome',
      ]);
    });

    it('has the environment of its agent, without the variables that are only for the agent', async () => {
      await start();
      const unit = agentUnitOf('chrome-vm');
      const { stdout: pid } = await lab.machine('chrome-vm').systemctl('show', '--property=MainPID', '--value', unit);
      const agents = (await sh('chrome-vm', `tr '\\0' '\\n' < /proc/${pid.trim()}/environ`)).split('\n');
      const own =
        /^(INVOCATION_ID|JOURNAL_STREAM|NOTIFY_SOCKET|SYSTEMD_EXEC_PID|MANAGERPID|MEMORY_PRESSURE_.*|MALLOC_.*|NODE_.*|_|PWD|SHLVL)$/;
      const shared = agents.filter((assignment) => !own.test(nameOf(assignment)));
      expect(shared).toContain('GHAF_VARIABLE=with spaces, $HOME, %n and "quotes"');
      const chromes = await written('environment');
      expect(chromes).toEqual(expect.arrayContaining(shared));
      for (const name of ['NOTIFY_SOCKET', 'MALLOC_ARENA_MAX', 'NODE_OPTIONS', 'WATCHDOG_USEC'])
        expect(chromes.map(nameOf)).not.toContain(name);
      const invocation = (lines: readonly string[]) => lines.find((line) => nameOf(line) === 'INVOCATION_ID');
      expect(invocation(chromes)).not.toBe(invocation(agents));
    });

    it('is started as a second instance, even when that hands over to the first and ends', async () => {
      await start();
      expect(await start('https://example.org/')).toMatchObject({ status: 0 });
      await becomes(instance(1), 'chrome-vm', 'Running');
      const { status, stdout } = await start('--hand-over');
      expect([status, stdout]).toEqual([0, expect.stringContaining(instance(2))]);
      const { stdout: listed } = await fromGui('query', '--as-json');
      const rows = JSON.parse(listed) as { name: string; status: string }[];
      expect(rows.filter(({ name }) => name.startsWith('google-chrome@')).map(({ name }) => name)).toEqual([
        instance(0),
        instance(1),
      ]);
      expect(await fromGui('stop', 'app', instance(0))).toMatchObject({ status: 0 });
      await watched.until('it is gone', () => watched.row(instance(0)) === undefined);
    });
  });

  it('are started again when they are killed and SERVICES names them by their agents', async () => {
    await lab.machine('net-vm').crash();
    await becomes('microvm@net-vm.service', 'net-vm', 'PoweredOff');
    await becomes(agentUnitOf('net-vm'), 'net-vm', 'Running');
    await lab.machine('net-vm').booted();
  });

  describe('a setting', () => {
    const everywhere = async (check: (name: MachineName) => Promise<void>) => {
      for (const name of machineNames) await check(name);
    };
    const mounted = (file: string) => read('admin-vm', 'findmnt', '--noheadings', '--output=TARGET', file);

    it('is kept in a file that is a mount of its own, and reaches every machine, if it is the locale', async () => {
      expect(await fromGui('set-locale', 'LANG=C.UTF-8', 'LC_TIME=POSIX')).toMatchObject({ status: 0 });
      await everywhere(async (name) => {
        expect(await read(name, 'localectl', 'status')).toMatch(/LANG=C\.UTF-8\n.*LC_TIME=POSIX/);
      });
      expect(await mounted('/etc/locale-givc.conf')).toBe('/etc/locale-givc.conf');
      expect(await read('admin-vm', 'cat', '/persist/locale-givc.conf')).toBe('LANG=C.UTF-8\nLC_TIME=POSIX');
    });

    it('is unset by an empty locale', async () => {
      const locales = async (name: MachineName) =>
        (await read(name, 'localectl', 'status'))
          .split('VC Keymap')[0]!
          .replace('System Locale:', '')
          .trim()
          .split(/\s+/);
      expect(await fromGui('set-locale', 'LC_TIME=')).toMatchObject({ status: 0 });
      await everywhere(async (name) => expect(await locales(name)).toEqual(['LANG=C.UTF-8']));
      expect(await fromGui('set-locale', 'LANG=')).toMatchObject({ status: 0 });
      await everywhere(async (name) => expect(await locales(name)).toEqual(['LANG=C']));
    });

    it('is kept in such a file, and reaches every machine, if it is the timezone', async () => {
      expect(await fromGui('set-timezone', 'Asia/Dubai')).toMatchObject({ status: 0 });
      await everywhere(async (name) => {
        expect(await read(name, 'readlink', '/etc/localtime')).toBe('../usr/share/zoneinfo/Asia/Dubai');
      });
      expect(await mounted('/etc/timezone.conf')).toBe('/etc/timezone.conf');
      expect(await read('admin-vm', 'cat', '/persist/timezone.conf')).toBe('Asia/Dubai');
    });
  });

  it('run an admin that warns of policies without a URL', async () => {
    const journal = await lab.machine('admin-vm').journal('givc-admin.service');
    expect(journal).toContain('policies.firewall-rules.perPolicyUpdater.url: no URL is named');
    expect(journal.match(/no URL is named/g)).toHaveLength(1);
    expect(await lab.machine('admin-vm').systemctl('show', '--property=NRestarts', 'givc-admin.service')).toMatchObject(
      {
        stdout: 'NRestarts=0\n',
      },
    );
  });

  it('run only updates on a host that has exec.enable and no list of commands', async () => {
    const { status, stdout } = await fromGui('update', 'list', '--as-json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(listedGenerations.length);
    expect(await fromGui('update', 'cachix', 'a-pin')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('activating'),
    });
    expect(await read('host', 'cat', '/usr/local/bin/arguments')).toBe(
      ['cachix', 'a-pin', '--cache', 'ghaf-dev'].join('\n'),
    );
    await lab.machine('host').logged(agentUnitOf('host'), 'none is listed, so only admin-vm may run');
  });

  it('have the first registered machine of SERVICES as the host, which gets no token without GIVC_HOST_NAME', async () => {
    const admin = lab.machine('admin-vm');
    expect(await admin.journal('givc-admin.service')).toMatch(/this is the host, .*GIVC_HOST_NAME.*vm=ghaf-host/);
    expect(await fromGui('update', 'cachix', 'a-pin', '--token', 'secret')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('GIVC_HOST_NAME'),
    });
  });

  describe('the start of a unit that ends its machine', () => {
    /** The host has started net-vm again, and all of its units are registered. */
    const startAgain = async () => {
      expect(await fromGui('start', 'vm', 'net-vm')).toMatchObject({ status: 0 });
      await lab.machine('net-vm').booted();
      await becomes('net-balanced.service', 'net-vm', 'Running');
    };
    const down = () => becomes('microvm@net-vm.service', 'net-vm', 'PoweredOff');

    it('is a success for poweroff.target, also in the audit log, and also while the machine goes down', async () => {
      await sh('net-vm', 'touch /var/is-slow');
      expect(await fromGui('start', 'service', 'poweroff.target', '--vm', 'net-vm')).toMatchObject({ status: 0 });
      expect(await lastStart('poweroff.target')).toMatchObject({ peer: 'gui-vm', answer: 'OK' });
      const stop = RunningProgram.start(lab.machine('host').enter(['systemctl', 'stop', 'microvm@net-vm.service']));
      await lab.machine('host').logged('microvm@net-vm.service', 'Stopping');
      await down();
      expect(await fromGui('start', 'service', 'poweroff.target', '--vm', 'net-vm')).toMatchObject({ status: 0 });
      await sh('net-vm', 'echo > /var/slow-end');
      await stop.ended;
      await startAgain();
    });

    it('is a success for a service that powers off, and for no other unit that is lost with it', async () => {
      const held = fromGui('start', 'service', 'systemd-suspend.service', '--vm', 'net-vm');
      await lab.machine('net-vm').logged('systemd-suspend.service', 'Starting');
      expect(await fromGui('start', 'service', 'net-powersave.service', '--vm', 'net-vm')).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect((await held).status).toBe(1);
      await down();
      await startAgain();
    });

    it('is a success for reboot.target', async () => {
      // A process that was entered into a machine delays the machine's shutdown.
      await watched.stop();
      const since = Date.now();
      expect(await fromHost('start', 'service', 'reboot.target', '--vm', 'gui-vm')).toMatchObject({ status: 0 });
      expect(await lastStart('reboot.target')).toMatchObject({ peer: 'ghaf-host', answer: 'OK' });
      await lab.machine('admin-vm').logged('givc-admin.service', 'registered unit=givc-gui-vm.service', { since });
      await lab.machine('gui-vm').booted();
      watched = lab.watchOf('gui-vm');
      await becomes(agentUnitOf('gui-vm'), 'gui-vm', 'Running');
    });
  });

  it('suspend a guest by a start that lasts until what blocks is stopped', async () => {
    const state = async () => (await fromHost('get-status', 'net-vm', 'systemd-suspend.service')).stdout;
    const started = fromHost('start', 'service', 'suspend.target', '--vm', 'net-vm');
    await lab.machine('net-vm').logged('systemd-suspend.service', 'Starting');
    expect(await state()).toContain('Active: activating');
    expect(await fromHost('stop', 'service', 'systemd-suspend.service', '--vm', 'net-vm')).toMatchObject({ status: 0 });
    expect(await started).toMatchObject({ status: 0 });
    expect(await fromHost('start', 'service', 'resume-actions.service', '--vm', 'net-vm')).toMatchObject({ status: 0 });
    expect(await lab.machine('net-vm').journal('resume-actions.service')).toContain('resumed');
  });

  it('complete a start during which the guest sleeps, and is lost to the admin, when it is back', async () => {
    const started = fromHost('start', 'service', 'gpu-suspend.service', '--vm', 'net-vm');
    await lab.machine('net-vm').logged('gpu-suspend.service', 'Starting');
    const thaw = await freeze(['net-vm']);
    await becomes(agentUnitOf('net-vm'), 'net-vm', 'PoweredOff');
    thaw();
    expect(await started).toMatchObject({ status: 0 });
    await becomes(agentUnitOf('net-vm'), 'net-vm', 'Running');
  });

  describe('a socket of another machine', () => {
    const echoed = (socket: string) =>
      lab.machine('gui-vm').run(['sh', '-c', `printf hello | timeout 20 python3 -c '${client}' ${socket}`]);
    const client =
      'import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\ns.sendall(sys.stdin.buffer.read())\ns.shutdown(1)\nsys.stdout.buffer.write(s.recv(99))';

    it('is reached when that machine is up; a missing machine is logged once, without other effects', async () => {
      const since = Date.now();
      for (let times = 0; times < 5; times++)
        expect(await echoed('/tmp/dbusproxy_snd.sock')).toMatchObject({ stdout: '' });
      expect(await echoed('/tmp/dbusproxy_net.sock')).toMatchObject({ status: 0, stdout: 'hello' });
      await lab.machine('gui-vm').logged(agentUnitOf('gui-vm'), 'a connection was closed', { since });
      const lines = (await lab.machine('gui-vm').journal(agentUnitOf('gui-vm'))).split('\n');
      expect(lines.filter((line) => line.includes('audio-vm') && line.includes('closed'))).toHaveLength(1);
    });
  });
});
