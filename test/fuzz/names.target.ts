// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import {
  agentUnit,
  instanceOfUnit,
  instanceUnit,
  parseApplicationName,
  parseInstanceSelector,
  parsePolicyName,
  parseUnitName,
  parseVmName,
  vmOfAgentUnit,
  vmOfVmUnit,
  vmUnit,
} from '@givc/model';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const seeds = [
  ...[
    'NetworkManager.service',
    'microvm@net-vm.service',
    'givc-net-vm.service',
    'chromium@0.service',
    'poweroff.target',
  ],
  ...['net-vm', 'admin.ghaf', 'chromium', 'chromium@', 'chromium@12', 'firewall-rules', 'a\\x2db.service'],
];
const input = texts(seeds, ['.service', '.target', '@', 'x'.repeat(63), 'x'.repeat(128), 'x'.repeat(255)]);
const pump = { seeds, input: (text: string) => text };
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const requireOf = (characters: string, value: string, max: number): void => {
  assert(value.length > 0 && value.length <= max, `${value.length} characters`);
  for (const character of value) assert(characters.includes(character), `${JSON.stringify(character)} is in it`);
};

export const unitNames = target({
  ...{ name: 'unit-names', parses: 'parseUnitName of libs/model', input, pump },
  parse: (text) => parseUnitName('Name', text),
  accepted: (unit, text) => {
    assert.equal(unit, text);
    requireOf(`${letters}:_.\\@-`, unit, 255);
    const dot = unit.lastIndexOf('.');
    const suffixes = 'service socket device mount automount swap target path timer slice scope'.split(' ');
    assert(suffixes.includes(unit.slice(dot + 1)), 'it has the suffix of a unit');
    const stem = unit.slice(0, dot);
    assert(stem !== '' && !'@.'.includes(stem[0]!) && !stem.endsWith('@'), 'it is a template, or has no name');
    const vm = vmOfAgentUnit(unit);
    if (vm !== undefined) assert.equal(agentUnit(parseVmName('', vm)), unit);
    const ofVm = vmOfVmUnit(unit);
    if (ofVm !== undefined) assert.equal(vmUnit(parseVmName('', ofVm)), unit);
    const instance = instanceOfUnit(unit);
    if (instance) assert.equal(instanceUnit(instance.application, instance.instance), unit);
  },
});

export const vmNames = target({
  ...{ name: 'vm-names', parses: 'parseVmName of libs/model', input, pump },
  parse: (text) => parseVmName('VmName', text),
  accepted: (vm, text) => {
    assert.equal(vm, text);
    requireOf(`${letters}._-`, vm, 63);
    assert(letters.includes(vm[0]!) && letters.includes(vm.at(-1)!), 'it begins and ends with a letter or digit');
    assert.equal(vmOfAgentUnit(agentUnit(vm)), vm);
    assert.equal(vmOfVmUnit(vmUnit(vm)), vm);
  },
});

export const applicationNames = target({
  ...{ name: 'application-names', parses: 'parseApplicationName of libs/model', input, pump },
  parse: (text) => parseApplicationName('AppName', text),
  accepted: (application, text) => {
    assert.equal(application, text);
    requireOf(`${letters}:_.-`, application, 128);
    assert(`${letters}_`.includes(application[0]!), 'it could be taken for an option or a hidden file');
    const unit = parseUnitName('', instanceUnit(application, 7));
    assert.deepEqual(instanceOfUnit(unit), { application, instance: 7 });
  },
});

export const policyNames = target({
  ...{ name: 'policy-names', parses: 'parsePolicyName of libs/model', input, pump },
  parse: (text) => parsePolicyName('policy_name', text),
  accepted: (policy, text) => {
    assert.equal(policy, text);
    requireOf(`${letters}_.-`, policy, 128);
    assert(`${letters}_`.includes(policy[0]!), 'it leads out of a folder');
  },
});

export const instanceSelectors = target({
  ...{ name: 'instance-selectors', parses: 'parseInstanceSelector of libs/model', input, pump },
  parse: (text) => parseInstanceSelector('AppName', text),
  accepted: (selector, text) => {
    if (selector.kind === 'all') assert([selector.application, `${selector.application}@`].includes(text));
    else {
      assert([selector.unit, selector.unit.slice(0, -'.service'.length)].includes(text));
      assert(instanceOfUnit(parseUnitName('', selector.unit)), 'it is not an instance');
    }
  },
});
