// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { AdminClient } from '@givc/client';
import type { admin, history, report, resources } from '@givc/rpc';
import { itInProcess, RunningCli, type CliRun } from '../../apps/cli/src/running-cli.fixture.js';
import { ScriptedServer } from '../support/scripted-server.js';

/** Clears a screen in 7 and in 8 bits, begins lines, and reverses the direction of text. */
const evil = 'a\u001b[2J\u009b2Jb\r\nc\u202ed';
/** The same text in sentences and tables. */
const shown = 'a [2J 2Jb c d';
/** The same text in a sentence, as the reason of a failed call. */
const shownReason = 'a�[2J�2Jb� c�d';
/** The same text in JSON. */
const escaped = 'a\\u001b[2J\\u009b2Jb\\r\\nc\\u202ed';
const shownLines = 'a [2J 2Jb\nc d';

const harmful = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/u;

const item = (more: Partial<admin.QueryListItem>): admin.QueryListItem => ({
  ...{ Name: evil, Description: evil, VmStatus: evil, TrustLevel: evil, VmType: evil, ServiceType: evil },
  ...{ VmName: evil, AgentName: evil },
  ...more,
});
const list = [
  item({}),
  item({ Name: 'web.service', VmStatus: 'Running' }),
  item({ Name: 'clock@0.service', ServiceType: 'App' }),
  item({ ServiceType: 'Mgr', VmName: 'net-vm' }),
  item({ Name: 'microvm@net-vm.service', ServiceType: 'VM', VmName: 'net-vm', VmStatus: 'PoweredOff' }),
];
const machine: report.Machine = {
  ...{ name: 'net-vm', vm_type: evil, vm_status: evil, agent_state: evil, last_seen_ms: 1, address: evil },
  ...{ agent_version: evil, protocol_version: 1, applications: { names: [evil] } },
  transport: undefined,
};
const policy: report.VmPolicy = {
  ...{ vm_name: evil, policy_name: evil, wanted_sha256: evil, delivered_sha256: evil, delivered_at_ms: 0 },
  ...{ delivery_error: evil, source_error: evil },
};
const event = (kind: history.HistoryEvent['kind']): history.HistoryEvent => ({
  ...{ number: 1, time_ms: 0, vm: evil, unit: evil, missed: 0 },
  kind,
});
const state = { load_state: evil, active_state: evil, sub_state: evil, freezer_state: evil };
const command = { caller: evil, method: evil, answer: evil, duration_ms: 1, reason: evil, trace_id: evil };
const ending = { result: evil, status: 1, stop_requested: false };
const events = [
  event({ $case: 'status', value: { before: undefined, after: state, ending } }),
  event({ $case: 'command', value: command }),
  event({ $case: 'agent', value: { before: evil, after: 'lost', reason: evil } }),
  event({ $case: 'admin_started', value: { version: evil } }),
];
const boot: history.MachineBoot = {
  ...{ vm: evil, vm_type: evil, booted_at_ms: 0, error: evil },
  times: {
    ...{ now_us: 9, virtualization: evil, initrd_us: 0, userspace_us: 1, finish_us: 2, session_us: 0 },
    ...{ session_finish_us: 0, agent_us: 1 },
    is_container: false,
    units: [
      { name: evil, service_type: evil, starting_us: 1, active_us: 2, inactive_us: 0, after: [evil] },
      { name: 'web.service', service_type: evil, starting_us: 1, active_us: 2, inactive_us: 0, after: [] },
    ],
  },
};
const usedUnit: resources.UnitUsage = {
  ...{ unit: evil, service_type: evil, vm_status: evil },
  usage: { cpu_us: 1, active_us: 1, memory_bytes: 1, tasks: 1, restarts: 1 },
};
const processes = [{ Name: evil, User: 1, Sys: 1, ResSetSize: 1 }];
const network = { Connection: true, SSID: evil, Signal: 50, Security: evil };
const started = { registryId: evil };
const done = { CmdStatus: evil, AppStatus: evil };
const did = { Response: `${evil}\n${evil}` };

const answersAt = (path: string) => ({
  ...{ StartApplication: started, StartVM: started, StartService: started },
  ...{ StopApplication: done, StopService: done, PauseApplication: done, ResumeApplication: done },
  GetUnitStatus: {
    ...{ Name: evil, Description: evil, LoadState: evil, ActiveState: evil, SubState: evil, Path: evil },
    FreezerState: evil,
  },
  GetStats: {
    Memory: undefined,
    Load: undefined,
    Process: {
      ...{ CpuProcesses: processes, MemProcesses: processes, Total: 1, Running: 1 },
      ...{ UserCycles: 1, SysCycles: 1, TotalCycles: 1 },
    },
  },
  Sysinfo: { GhafVersion: evil, SecureBoot: true, DiskEncrypted: true },
  QueryList: { List: list },
  Watch: [{ Status: { $case: 'Initial', value: { List: list } } }, { Status: { $case: 'Added', value: item({}) } }],
  ListMachines: {
    machines: [
      { ...machine, transport: { Protocol: 'unix', Address: path, Port: '', Name: 'net-vm' } },
      { ...machine, name: evil },
    ],
  },
  ListPolicies: { policies: [policy] },
  QueryHistory: [{ events }],
  ListBoots: [{ boot }],
  GetRegistryAt: { items: list, machines: [machine], missed: 0 },
  RunChecks: {
    results: [{ id: evil, subject: evil, state: 'ok', message: evil, fix: evil }],
    ...{ time_ms: 0, version: evil },
  },
  GetUsage: { machines: [{ vm: evil, state: 'answered', error: '', units: [usedUnit] }] },
  NotifyUser: { Status: evil },
  GetHwId: { Identifier: evil },
  ListNetwork: { networks: [network] },
  ...{ ConnectNetwork: did, DisconnectNetwork: did, TurnOn: did, TurnOff: did },
  ListGenerations: {
    List: [
      {
        ...{ Generation: 1, Date: evil, NixosVersion: evil, KernelVersion: evil, ConfigurationRevision: evil },
        ...{ Specialisations: [evil], Current: true, StorePath: evil },
      },
    ],
  },
  SetGeneration: [
    { Finished: false, Output: evil },
    { Finished: true, Error: evil },
  ],
  ...{ SetLocale: {}, SetTimezone: {}, Poweroff: {}, Reboot: {}, Suspend: {}, Wakeup: {} },
});

/** Each command that calls a machine, and its output; some print nothing of the answer. */
const commands: readonly (readonly [line: string, shows: string])[] = [
  ['start app clock --vm a-vm', `Started ${shown} in a-vm.\n`],
  ['start vm a-vm', ''],
  ['start service web.service --vm a-vm', ''],
  ['stop app clock@', `Stopped clock@: ${shown}\n`],
  ['stop service web.service --vm a-vm', `Stopped web.service in a-vm: ${shown}\n`],
  ['stop vm net-vm', ''],
  ['restart app clock@', `Restarted clock@0.service in ${shown} as ${shown}.\n`],
  ['restart vm net-vm', ''],
  ['restart service web.service --vm a-vm', ''],
  ['pause clock@', `Paused clock@: ${shown}\n`],
  ['resume clock@', `Resumed clock@: ${shown}\n`],
  ['status', `└─ ${shown}    Mgr            ${shown}, 0.0 s ago  ${shown}, version ${shown}\n`],
  ['status --as-json', escaped],
  ['status --at 2020-01-01', `└─ ${shown}    Mgr            ${shown}, 0.0 s ago  ${shown}, version ${shown}\n`],
  ['status --resources', `\n${shown}  ${shown}  ${shown}  0.0 %  1 B     1      1\n`],
  ['status --resources --as-json', `[{"vm":"${escaped}"`],
  ['history', ` ${shown} ${shown}: ${shown} by ${shown}: ${shown} after 1 ms: ${shown}\n`],
  ['history --as-json', `"vm":"${escaped}","unit":"${escaped}"`],
  ['analyze boot', `\n${shown} (${shown})\n`],
  ['analyze boot --as-json', `"name":"${escaped}","vm_type":"${escaped}"`],
  ['analyze start web.service', `\n${shown} (${shown})\n`],
  ['applications', `net-vm         ${shown}  -\n`],
  ['applications --as-json', `"application":"${escaped}","instances":[],"problem":null`],
  ['query', `${shown}           ${shown}  ${shown}:${shown}  ${shown}  ${shown}  ${shown}  ${shown}\n`],
  ['query --as-json', `{"name":"${escaped}","description":"${escaped}","status":"${escaped}"`],
  ['query-list', `${shown}           ${shown}  ${shown}:${shown}  ${shown}  ${shown}  ${shown}  ${shown}\n`],
  ['query-list --as-json', `{"name":"${escaped}","description":"${escaped}","status":"${escaped}"`],
  [
    'get-status a-vm web.service',
    `${shown} - ${shown}\n  Loaded: ${shown}\n  Active: ${shown} (${shown})\n  Freezer: ${shown}\n  Path: ${shown}\n`,
  ],
  ['get-stats a-vm', `  ${shown}\n`],
  ['get-stats a-vm --as-json', `{"name":"${escaped}","user":1`],
  ['sysinfo', `Ghaf Version: ${shown}\nSecure Boot: enabled\n`],
  ['set-locale C', ''],
  ['set-timezone UTC', ''],
  ['notify-user a-vm --title hello', `${shown}.\n`],
  ['hwid net-vm', `${shown}\n`],
  ['watch --initial --limit 1', `${shown} in ${shown}: registered, ${shown}\n`],
  ['watch --initial --as-json --limit 1', `{"UnitRegistered":{"name":"${escaped}"`],
  ['wait web.service', `web.service in ${shown} is running.\n`],
  ['poweroff', ''],
  ['reboot', ''],
  ['suspend', ''],
  ['wakeup', ''],
  ['update list', `  yes      ${shown}  ${shown}  `],
  ['update list --as-json', `"specialisations":["${escaped}"],"current":true,"store_path":"${escaped}"`],
  ['wifi list', `${shown}  50 %    ${shown}  yes\n`],
  ['wifi list --as-json', `{"ssid":"${escaped}","signal":50,"security":"${escaped}"`],
  ['wifi status', `${shown}  50 %    ${shown}  yes\n`],
  ['wifi connect home', `${shown} ${shown}\n`],
  ['wifi disconnect', `a [2J 2Jb \nc d\na [2J 2Jb \nc d\n`],
  ['wifi on', 'a [2J 2Jb \nc d\n'],
  ['wifi off', 'a [2J 2Jb \nc d\n'],
  ['policy status', `${shown}  ${shown}  current  `],
  ['policy status --as-json', `{"vm_name":"${escaped}","policy":"${escaped}"`],
  ['test ensure web.service --retry 1', ''],
];

/** Commands that print nothing from another machine, have raw output for programs, or have tests of their own. */
const others = [
  ...['update cachix', 'doctor', 'logs'],
  ...['exec', 'ctap', 'completion', 'policy check', 'policy test', 'policy why', 'policy reach'],
  ...['certs authority', 'certs issue', 'certs issue-all', 'certs show', 'certs verify'],
];

const run = (...args: string[]): Promise<CliRun> => new RunningCli(args).ended;

/** Every command that can be run, from the completion. */
async function commandsBelow(words: readonly string[] = []): Promise<readonly string[]> {
  const { out } = await run('complete', '--', ...words, '');
  const names = out.split('\n').map((line) => line.split('\t')[0]!);
  const below: string[] = [];
  for (const name of names.filter((name) => /^[a-z]/.test(name))) {
    const help = await run(...words, name, '--help');
    const isGroup = /^Commands:$/m.test(help.out);
    below.push(...(isGroup ? await commandsBelow([...words, name]) : [[...words, name].join(' ')]));
  }
  return below;
}

describe('the command line, when machines send control sequences of terminals,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'server.sock');
  let server: ScriptedServer;
  const ask = (line: string) => run('--notls', '--addr', path, ...line.split(' '));

  beforeAll(async () => {
    server = await ScriptedServer.start(path, answersAt(path));
  });
  beforeEach(() => {
    server.failure = undefined;
  });
  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(commands)('shows their answers as harmless text: %s', async (line, shows) => {
    const { status, out, err } = await ask(line);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(shows);
    expect(out).not.toMatch(harmful);
  });

  it('shows both outputs of an update as harmless lines', async () => {
    const { status, out, err } = await ask('update cachix a-pin');
    expect({ status, out, err }).toEqual({ status: 0, out: shownLines, err: shownLines });
  });

  it.each(commands)('shows their errors as one harmless line: %s', async (line) => {
    server.failure = { code: status.FAILED_PRECONDITION, details: evil };
    const ran = await ask(line);
    expect(ran).toMatchObject({ status: 1, out: '' });
    expect(ran.err).toMatch(new RegExp(`^givc-cli: [^\\n]*${shownReason.replace('[', '\\[')}[^\\n]*\\n$`));
    expect(ran.err).not.toMatch(harmful);
  });

  it('shows the checks of machines as harmless text, and as harmless JSON', async () => {
    for (const flags of ['', ' --as-json']) {
      const { status, out, err } = await ask(`doctor${flags}`);
      expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/^givc-cli: 1 failure, .*\n$/) });
      expect(out).toContain(shownReason.replace(' c', '�c'));
      expect(out).not.toMatch(harmful);
    }
  });

  it('shows the reason of a wait as one harmless line', async () => {
    server.failure = { code: status.UNAVAILABLE, details: evil };
    const ran = await ask('wait web.service --timeout 0.2');
    expect(ran).toMatchObject({ status: 3, out: '' });
    expect(ran.err).toBe(
      `givc-cli: still waiting: ${shownReason}\ngivc-cli: web.service is not running after 0.2 s: ${shownReason}\n`,
    );
  });

  it('shows the names of machines in its own sentences as harmless text', async () => {
    const { status, err } = await ask('hwid gui-vm');
    expect({ status, err }).toEqual({
      status: 1,
      err: `givc-cli: VM "gui-vm" is unknown: "givc-cli status" lists the VMs\n`,
    });
  });

  itInProcess('shows an internal error as harmless lines', async () => {
    const list = jest.spyOn(AdminClient.prototype, 'queryList').mockRejectedValue(new TypeError(evil));
    const { status, out, err } = await ask('query');
    list.mockRestore();
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(`givc-cli: TypeError: ${shownLines}\n    at `);
    expect(err).not.toMatch(harmful);
  });

  it('shows wrong arguments as one harmless line', async () => {
    const { status, out, err } = await run(`--${evil}`);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toBe(`givc-cli: unknown option "--a\\u001b[2J\\u009b2Jb\\r\\nc\\u202ed"; see "givc-cli --help"\n`);
  });

  itInProcess('has only commands that are tested here', async () => {
    const looked = commands.map(([line]) => line);
    const all = await commandsBelow();
    const missing = all.filter((name) => !looked.some((line) => `${line} `.startsWith(`${name} `)));
    expect(missing.sort()).toEqual(others.sort());
  });
});
