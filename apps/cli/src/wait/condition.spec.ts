// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import { registryItem } from '../registry/registry-item.fixture.js';
import { evaluate, parseCondition, type WaitState } from './condition.js';

const item = (name: string, VmStatus: string, VmName = 'net-vm') => registryItem(name, { VmStatus, VmName });

const evaluation = (name: string, state: WaitState, items: admin.QueryListItem[], vm?: string) =>
  evaluate(parseCondition(name, { state, ...(vm && { vm }) }), items);

describe('the condition of givc-cli wait', () => {
  it('waits for a unit to run unless another state is named', () => {
    expect(parseCondition('web.service', {})).toEqual({ name: 'web.service', vm: undefined, state: 'running' });
  });

  it.each([
    ['web', {}, 'unit'],
    ['@', {}, 'unit'],
    ['web.service', { vm: '' }, '--vm'],
    ['web.service', { state: 'Running' }, '--state'],
  ])('rejects %j with %j and names the invalid value', (name, options, field) => {
    expect(() => parseCondition(name, options)).toThrow(field);
  });
});

describe('the evaluation of a condition', () => {
  it.each<[string, WaitState[], WaitState[]]>([
    ['Running', ['running', 'registered'], ['stopped', 'gone']],
    ['PoweredOff', ['stopped', 'registered'], ['running', 'gone']],
    ['Paused', ['registered'], ['running', 'stopped', 'gone']],
  ])('treats a unit with the status %s as %j and not as %j', (status, met, unmet) => {
    const items = [item('web.service', status), item('other.service', 'Running')];
    expect(met.map((state) => evaluation('web.service', state, items).met)).toEqual(met.map(() => true));
    expect(unmet.map((state) => evaluation('web.service', state, items).met)).toEqual(unmet.map(() => false));
  });

  it('accepts only "gone" for a unit that is not listed', () => {
    expect(evaluation('web.service', 'gone', [])).toEqual({ met: true, by: 'web.service' });
    expect(evaluation('web.service', 'stopped', [])).toEqual({ met: false, instead: 'it is not registered' });
  });

  it('is met by any instance, which is named', () => {
    const items = [item('clock@0.service', 'Paused'), item('clock@1.service', 'Running')];
    expect(evaluation('clock@', 'running', items)).toEqual({ met: true, by: 'clock@1.service in net-vm' });
    expect(evaluation('clock@', 'stopped', items)).toEqual({
      met: false,
      instead: 'clock@0.service is paused, clock@1.service is running',
    });
    expect(evaluation('clock@', 'gone', items).met).toBe(false);
  });

  it('considers only the named machine, and rejects an ambiguous name', () => {
    const items = [item('web.service', 'Running', 'net-vm'), item('web.service', 'PoweredOff', 'gui-vm')];
    expect(evaluation('web.service', 'stopped', items, 'gui-vm')).toEqual({ met: true, by: 'web.service in gui-vm' });
    expect(() => evaluation('web.service', 'running', items)).toThrow(
      'web.service is in gui-vm, net-vm: name one of them with --vm',
    );
  });
});
