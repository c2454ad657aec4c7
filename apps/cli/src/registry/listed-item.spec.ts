// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { itemMatcher, listedItem } from './listed-item.js';
import { chromium as item } from './registry-item.fixture.js';

describe('an entry in JSON', () => {
  it('contains the keys of the contract in their order', () => {
    expect(JSON.stringify(listedItem(item))).toBe(
      '{"name":"chromium@0.service","description":"Browser","status":"Running","trust_level":"Warning",' +
        '"vm_type":"AppVM","service_type":"App","vm_name":"chrome-vm","agent_name":"givc-chrome-vm.service"}',
    );
  });

  it('writes null for what the admin left out', () => {
    expect(listedItem({ ...item, VmName: undefined, AgentName: undefined })).toMatchObject({
      vm_name: null,
      agent_name: null,
    });
  });
});

describe('a filter of entries', () => {
  it('matches everything without a condition', () => {
    expect(itemMatcher({})(item)).toBe(true);
  });

  it('names the types by their numbers', () => {
    expect(itemMatcher({ type: 14 })(item)).toBe(true);
    expect(itemMatcher({ type: 13 })(item)).toBe(false);
    expect(() => itemMatcher({ type: 15 })).toThrow('invalid unit type 15');
  });

  it('matches any of the names, each as a whole', () => {
    expect(itemMatcher({ names: ['a.service', 'chromium@0.service'] })(item)).toBe(true);
    expect(itemMatcher({ names: ['chromium'] })(item)).toBe(false);
  });

  it('distinguishes machines that have the same unit', () => {
    expect(itemMatcher({ names: [item.Name], vm: 'chrome-vm' })(item)).toBe(true);
    expect(itemMatcher({ names: [item.Name], vm: 'other-vm' })(item)).toBe(false);
  });
});
