// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import { reportedMachine } from '../machines/reported-machine.fixture.js';
import { registryItem } from '../registry/registry-item.fixture.js';
import { applicationNames, instanceNames, unitNames, vmNames } from './registry-names.js';

const item = (name: string, vm: string, more: Partial<admin.QueryListItem> = {}) =>
  registryItem(name, { VmType: 'AppVM', VmName: vm, AgentName: `givc-${vm}.service`, ...more });

const items = [
  item('microvm@app-vm.service', 'app-vm', { ServiceType: 'VM', AgentName: 'givc-host.service' }),
  item('givc-host.service', 'host', { VmType: 'Host', ServiceType: 'Mgr' }),
  item('givc-app-vm.service', 'app-vm', { ServiceType: 'Mgr' }),
  item('web.service', 'app-vm'),
  item('web.service', 'host', { VmType: 'Host', VmStatus: 'PoweredOff' }),
  item('clock@0.service', 'app-vm', { ServiceType: 'App' }),
  item('clock@1.service', 'app-vm', { ServiceType: 'App', VmStatus: 'Paused' }),
];
const words = (candidates: readonly { readonly word: string }[]) => candidates.map(({ word }) => word);

describe('the names of the registry', () => {
  it('include each VM once, the host first', () => {
    expect(vmNames(items, undefined)).toEqual([
      { word: 'host', description: 'Host' },
      { word: 'app-vm', description: 'AppVM Running' },
    ]);
  });

  it('include each unit once, with its status in every machine that has it', () => {
    expect(unitNames(items, undefined)).toContainEqual({
      word: 'web.service',
      description: 'Running in app-vm, PoweredOff in host',
    });
  });

  it('include the units of a machine, where the unit of a VM belongs to its host', () => {
    expect(words(unitNames(items, 'host'))).toEqual(['microvm@app-vm.service', 'givc-host.service', 'web.service']);
  });

  it('include instances, and the name that selects all of them', () => {
    expect(words(instanceNames(items, undefined))).toEqual(['clock@0.service', 'clock@1.service', 'clock@']);
    expect(instanceNames(items, 'host')).toEqual([]);
  });

  it('include an application once, however many of its instances run', () => {
    expect(applicationNames(items, undefined)).toEqual([{ word: 'clock', description: 'app-vm' }]);
  });

  it('include the applications that agents report, and those that run where they are unknown', () => {
    const machines = [reportedMachine('web-vm', ['chromium', 'clock']), reportedMachine('app-vm')];
    expect(applicationNames(items, undefined, machines)).toEqual([
      { word: 'chromium', description: 'web-vm' },
      { word: 'clock', description: 'web-vm, app-vm' },
    ]);
    expect(words(applicationNames(items, 'app-vm', machines))).toEqual(['clock']);
  });

  it('include no application that runs, but that its agent does not report any more', () => {
    const machines = [reportedMachine('app-vm', ['chromium'])];
    expect(words(applicationNames(items, undefined, machines))).toEqual(['chromium']);
  });

  it.each([
    '--notls',
    '-.mount',
    '$(id).service',
    'a b.service',
    'a;b.service',
    'a\nb',
    'a\\x2d.service',
    '`',
    '~a',
    '',
  ])('leave out %j, which the shell would interpret', (name) => {
    expect(unitNames([item(name, 'net-vm')], undefined)).toEqual([]);
    expect(vmNames([item('a.service', name, { AgentName: undefined })], undefined)).toEqual([]);
  });
});
