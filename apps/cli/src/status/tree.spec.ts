// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stripVTControlCharacters } from 'node:util';
import type { admin, report } from '@givc/rpc';
import { ago } from './age.js';
import { machinesOf } from '../machines/machine.js';
import { listedMachine } from './listed-machine.js';
import { treeLines } from './tree.js';

const item = (Name: string, type: string, VmName?: string, VmStatus = 'Running'): admin.QueryListItem => {
  const [VmType = '', ServiceType = ''] = type.split(':');
  return { Name, Description: '', VmStatus, TrustLevel: 'Warning', VmType, ServiceType, VmName };
};

const items = [
  item('givc-net-vm.service', 'SysVM:Mgr', 'net-vm'),
  item('web.service', 'SysVM:Svc', 'net-vm', 'PoweredOff'),
  item('microvm@net-vm.service', 'SysVM:VM', 'net-vm'),
  item('microvm@app-vm.service', 'AppVM:VM', 'app-vm', 'PoweredOff'),
  item('clock@10.service', 'AppVM:App', 'app-vm'),
  item('clock@9.service', 'AppVM:App', 'app-vm', 'Paused'),
  item('audio.service', 'AppVM:Svc', 'app-vm'),
  item('givc-host.service', 'Host:Mgr', 'host'),
  item('backup.service', 'Host:Svc', 'host'),
];

const machine = (name: string, agent_state: string, last_seen_ms?: number): report.Machine => ({
  name,
  vm_type: '',
  vm_status: '',
  agent_state,
  last_seen_ms,
  address: `${name}:9000`,
  agent_version: agent_state === 'reporting' ? '0.1.0' : '',
  protocol_version: agent_state === 'reporting' ? 1 : 0,
});

const machines = [machine('host', 'lost'), machine('net-vm', 'reporting', 1234), machine('app-vm', 'none')];

describe('the tree of machines', () => {
  it('has the host and its own units at the root, and in each machine the agent, services and applications', () => {
    expect(treeLines(machinesOf(items, machines))).toEqual([
      'NAME                       TYPE   STATUS                DESCRIPTION',
      'host                       Host   -                     -',
      '├─ givc-host.service       Mgr    lost                  host:9000',
      '├─ backup.service          Svc    Running               -',
      '├─ net-vm                  SysVM  Running               -',
      '│  ├─ givc-net-vm.service  Mgr    reporting, 1.2 s ago  net-vm:9000, version 0.1.0',
      '│  └─ web.service          Svc    PoweredOff            -',
      '└─ app-vm                  AppVM  PoweredOff            -',
      '   ├─ no agent             Mgr    -                     -',
      '   ├─ audio.service        Svc    Running               -',
      '   ├─ clock@9.service      App    Paused                -',
      '   └─ clock@10.service     App    Running               -',
    ]);
  });

  it('shows whether agents run when the admin does not report more', () => {
    const [, , agent] = treeLines(machinesOf(items, undefined));
    expect(agent).toMatch(/^├─ givc-host\.service +Mgr +Running +-$/);
  });

  it('has no root without a host', () => {
    const lines = treeLines(machinesOf(items.slice(0, 4), undefined));
    expect(lines.filter((line) => /^\w/.test(line)).map((line) => line.split(' ')[0])).toEqual([
      'NAME',
      'net-vm',
      'app-vm',
    ]);
  });

  it('finds the machine of a unit by its name or its agent when the admin leaves it out', () => {
    const bare = [
      item('microvm@net-vm.service', 'SysVM:VM'),
      { ...item('web.service', 'SysVM:Svc'), AgentName: 'givc-net-vm.service' },
      item('givc-net-vm.service', 'SysVM:Mgr'),
    ];
    expect(machinesOf(bare, undefined).map(({ name, units }) => [name, units.length])).toEqual([['net-vm', 1]]);
  });

  it('colours only the status, and cuts long lines', () => {
    const list = machinesOf(items, machines);
    const coloured = treeLines(list, { colour: true });
    expect(coloured[2]).toContain('\u001b[31mlost\u001b[0m ');
    expect(coloured.map(stripVTControlCharacters)).toEqual(treeLines(list));
    expect(treeLines(list, { width: 30, colour: true })[5]).toBe('│  ├─ givc-net-vm.service  Mg…');
  });

  it('contains no control characters', () => {
    const evil = { ...item('a\u001b[2J.service', 'SysVM:Svc', 'net-vm'), Description: 'two\nlines' };
    const text = treeLines(machinesOf([evil], undefined)).join('|');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\n');
  });
});

describe('a machine in JSON', () => {
  it('contains null for unknown values', () => {
    const [host, , appVm] = machinesOf(items, machines).map(listedMachine);
    expect(host).toMatchObject({ name: 'host', status: null, agent: { state: 'lost', last_seen_ms: null } });
    expect(appVm).toMatchObject({ vm_type: 'AppVM', status: 'PoweredOff', agent: null });
  });
});

describe('the time since an event', () => {
  it.each([
    [0, '0.0 s ago'],
    [1_234, '1.2 s ago'],
    [9_960, '10 s ago'],
    [119_000, '119 s ago'],
    [200_000, '3 min ago'],
    [7_300_000, '2 h ago'],
    [200_000_000, '2 days ago'],
  ])('is written for %d ms as %s', (ms, words) => {
    expect(ago(ms)).toBe(words);
  });
});
