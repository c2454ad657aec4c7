// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyadmin } from '@givc/rpc';
import type { CapabilityKey } from '../../apps/agent/src/capabilities.js';
import { processOf } from '../bench/processes.js';
import { busctl } from './bus-clients.js';
import { Callers } from './callers.js';
import { addDropIn, removeDropIn } from './drop-in.js';
import type { Lab } from './lab.js';
import type { LabMachine } from './lab-machine.js';
import { checkout, echoSocket, execUser, labBus, labPolicy, machineNames, type MachineName } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { neededBy } from './units.js';

type Settings = Readonly<Record<string, string | boolean | readonly string[] | null>>;
type Hardening = Readonly<Record<'admin' | 'agent' | 'session', Settings>> & {
  readonly loosened: Readonly<Record<string, { readonly settings: Settings }>>;
};
const hardening = JSON.parse(readFileSync(join(checkout, 'packaging/hardening.json'), 'utf8')) as Hardening;

describe('a confined daemon', () => {
  let lab: Lab;
  const sh = (name: MachineName, script: string) => output(lab.machine(name).enter(['sh', '-c', script]));
  const ok = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await lab.cli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  beforeAll(async () => {
    lab = await sharedLab();
  });

  describe.each(machineNames)('the confined daemon of %s', (name) => {
    const kind = name === 'admin-vm' ? 'admin' : name === 'chrome-vm' ? 'session' : 'agent';
    const { dropIns = [], lines = [] } = neededBy(name);
    const loosened = dropIns.map((reason) => hardening.loosened[reason]!.settings);
    const settings: Settings = Object.assign({}, hardening[kind], ...loosened) as Settings;
    const names = Object.keys(settings).filter((setting) => setting !== 'StateDirectory');

    it('has each setting of packaging/hardening.json and of its drop-ins, with the value that systemd reads from them', async () => {
      const machine = lab.machine(name);
      const properties = Object.entries(settings).flatMap(([setting, value]) =>
        [value ?? []].flat().map((one) => `--property=${setting}=${one === true ? 'yes' : one === false ? 'no' : one}`),
      );
      const own = lines.map((line) => `--property=${line}`);
      const run = ['systemd-run', '--unit=confined', '--quiet', ...properties, ...own, 'sleep', 'infinity'];
      const isSession = kind === 'session';
      const started = isSession
        ? machine.enter([...run.slice(0, 1), '--user', ...run.slice(1)], 'user')
        : machine.enter(run);
      await output(started);
      const show = async (unit: string) =>
        (await machine.systemctl('show', ...names.map((one) => `--property=${one}`), unit)).stdout.split('\n').sort();
      try {
        expect(await show(machine.program)).toEqual(await show('confined.service'));
      } finally {
        await machine.systemctl('stop', 'confined.service');
      }
    });

    (name === 'host' ? it.skip : it)(
      'is confined by the kernel: no new privileges, and a filter of system calls',
      () => {
        const status = readFileSync(`/proc/${processOf(name, lab.machine(name).program)}/status`, 'utf8');
        expect(status).toMatch(/^NoNewPrivs:\t1$/m);
        expect(status).toMatch(/^Seccomp:\t2$/m);
      },
    );
  });

  it.each([
    ['admin-vm', 2.0],
    ['net-vm', 4.0],
    ['gui-vm', 4.0],
  ] as const)('is at least as closed as promised by the measure of systemd-analyze, in %s', async (name, limit) => {
    const { stdout } = await lab
      .machine(name)
      .run(['systemd-analyze', 'security', '--no-pager', lab.machine(name).program]);
    const [, figure] = /Overall exposure level for .*: ([0-9.]+)/.exec(stdout)!;
    expect(Number(figure)).toBeLessThanOrEqual(limit);
  });

  describe('a confined agent', () => {
    let callers: Callers;
    beforeAll(() => {
      callers = new Callers();
    });
    afterAll(() => callers.remove());

    /** A call of each capability, through the admin where the command line has one. The lab has no input devices. */
    const calls: Readonly<
      Record<
        Exclude<CapabilityKey, 'eventProxy'> | 'units' | 'applications' | 'locale' | 'stats' | 'policies',
        () => Promise<void>
      >
    > = {
      units: async () => {
        await ok('stop', 'service', 'web.service', '--vm', 'net-vm');
        await ok('start', 'service', 'web.service', '--vm', 'net-vm');
      },
      applications: async () => {
        const [application] = /clock@\d+/.exec(await ok('start', 'app', 'clock', '--vm', 'chrome-vm'))!;
        await ok('stop', 'app', application);
      },
      locale: async () => {
        await ok('set-timezone', 'Pacific/Chatham');
        expect(await sh('admin-vm', 'cat /etc/timezone.conf')).toBe('Pacific/Chatham');
        expect(await sh('net-vm', 'readlink /etc/localtime')).toMatch(/Pacific\/Chatham$/);
        await ok('set-timezone', 'Etc/UTC');
      },
      stats: async () => {
        const { process } = JSON.parse(await ok('get-stats', 'net-vm', '--as-json')) as { process: { total: number } };
        // The processes of the whole machine, not only of the agent.
        expect(process.total).toBeGreaterThan(5);
        expect(await ok('sysinfo')).toContain('Secure Boot');
      },
      exec: async () => {
        expect(await ok('exec', 'net-vm', '--', 'ip', 'addr')).toContain('192.168.101.6/24');
        expect(await ok('exec', 'net-vm', '--user', execUser, '--', 'id')).toContain(`(${execUser})`);
      },
      socketProxy: async () => {
        expect(await sh('gui-vm', `stat -c %U ${echoSocket.proxied}`)).toBe(execUser);
        const echo = `require('net').connect('${echoSocket.proxied}').on('data', (b) => { console.log(String(b)); process.exit(); }).write('hello')`;
        expect(await output(lab.machine('gui-vm').enter(['/usr/local/bin/node', '-e', echo]))).toBe('hello');
      },
      dbusProxy: async () => {
        const zone = [
          'org.freedesktop.timedate1',
          '/org/freedesktop/timedate1',
          'org.freedesktop.timedate1',
          'Timezone',
        ];
        const { status, stdout } = await busctl(lab.machine('gui-vm'), labBus.proxied, 'get-property', ...zone);
        expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^s "/) });
      },
      hwid: async () => {
        expect(await ok('hwid', 'net-vm')).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/m);
      },
      notifier: async () => {
        const shown = lab.machine('gui-vm').run(['cat', '/run/notified']);
        await ok('notify-user', 'gui-vm', '--title', 'Low', '--message', '5 %');
        expect((await shown).stdout).toContain('"Low"');
      },
      wifi: async () => {
        expect(await ok('wifi', 'list')).toContain('wlan0');
      },
      ctap: async () => {
        expect(await ok('ctap', 'ctap.GetInfo')).toBe('FIDO_2_0');
      },
      journal: async () => {
        expect(await ok('logs', 'web.service', '--vm', 'net-vm')).toMatch(/ net-vm systemd\[1\]: Started /);
        const [application] = /clock@\d+/.exec(await ok('start', 'app', 'clock', '--vm', 'chrome-vm'))!;
        expect(await ok('logs', application, '--vm', 'chrome-vm')).toContain(' chrome-vm systemd[');
        await ok('stop', 'app', application);
      },
      policies: async () => {
        await lab.machine('admin-vm').logged('givc-admin.service', `policy sent policy=${labPolicy.name}`);
        expect(await sh('net-vm', `cat ${labPolicy.destination}`)).toBe(labPolicy.content.trim());
      },
      policy: async () => {
        // As the Nix modules configure it, the store belongs to the first user.
        const store = '/var/lib/givc/policies/large';
        await sh('net-vm', `rm -rf ${store}; install -d -o 1000 -g 100 -m 0700 ${store}`);
        const caller = await callers.channel('operator', 'net-vm');
        const messages = function* () {
          yield { policy_name: 'large', policy_chunk: Buffer.from('x') };
        };
        try {
          const { streamPolicy } = policyadmin.PolicyAdminService;
          expect(await caller.clientStream(streamPolicy, messages(), { deadlineMs: 20_000 })).toEqual({
            Status: 'Success',
          });
        } finally {
          caller.close();
          await sh('net-vm', `rm -rf ${store}`);
        }
      },
    };

    it.each(Object.keys(calls) as (keyof typeof calls)[])('serves calls of the capability %s', (capability) =>
      calls[capability](),
    );
  });

  describe('a daemon without a configuration', () => {
    const skipped = async (machine: LabMachine, text: string): Promise<void> => {
      const since = Date.now() / 1000;
      expect(await machine.systemctl('restart', machine.program)).toMatchObject({ status: 0, stderr: '' });
      const state = await machine.systemctl('show', '--property=ActiveState,Result,NRestarts', machine.program);
      expect(state.stdout.trim().split('\n').sort()).toEqual([
        'ActiveState=inactive',
        'NRestarts=0',
        'Result=exec-condition',
      ]);
      const lines = await machine.journalctl(
        `--unit=${machine.program}`,
        `--since=@${since}`,
        '--output=cat',
        '--identifier=sh',
      );
      expect(lines).toBe(text);
    };

    it('is not started, and its log says what to write: an agent', async () => {
      const machine = lab.machine('gui-vm');
      await sh('gui-vm', 'mv /etc/givc/agent.json /etc/givc/aside.json');
      try {
        const example = '/usr/share/doc/givc/examples/agent.json';
        const write = `write /etc/givc/agent.json (example: ${example}), then start this unit`;
        await skipped(machine, `givc-agent is not configured: ${write}`);
      } finally {
        await sh('gui-vm', 'mv /etc/givc/aside.json /etc/givc/agent.json');
        await machine.systemctl('start', machine.program);
      }
      await lab.registered(['gui-vm']);
    });

    it('is not started, and its log says what to write: the admin', async () => {
      const machine = lab.machine('admin-vm');
      await addDropIn(machine, machine.program, 'Environment=LISTEN=');
      try {
        const example = '/usr/share/doc/givc/examples/admin.env';
        const write = `write /etc/givc/admin.env (example: ${example}), then start this unit`;
        await skipped(machine, `givc-admin is not configured: ${write}`);
      } finally {
        await removeDropIn(machine, machine.program);
        await machine.systemctl('start', machine.program);
      }
      await lab.registered(['host', 'net-vm', 'gui-vm', 'chrome-vm']);
    });
  });
});
