// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { namesInRules } from './rule-names.js';

const namesIn = async (rules: string): Promise<string[]> =>
  (await namesInRules(rules, '/etc/rules.cedar')).map(({ of, name, location }) => `${location} ${of} ${name}`);

describe('the names in rules', () => {
  it.each<[string, string[]]>([
    ['permit(principal, action, resource);', []],
    ['permit(principal == Source::"net-vm", action, resource);', ['principal net-vm']],
    [
      'permit(principal, action, resource) when { principal == Source::"gui-vm" || context.VmName == "net-vm" };',
      ['principal gui-vm', 'VmName net-vm'],
    ],
    [
      'permit(principal, action, resource) when { principal in [Source::"a-vm", Source::"b-vm"] };',
      ['principal a-vm', 'principal b-vm'],
    ],
    [
      'permit(principal, action, resource) when { ["a.service", "b.service"].contains(context.UnitName) };',
      ['UnitName a.service', 'UnitName b.service'],
    ],
    ['permit(principal, action, resource) when { "net-vm" == context.VmName };', ['VmName net-vm']],
    ['permit(principal, action, resource) when { context.VmName != "net-vm" };', []],
    ['permit(principal, action, resource) when { context.VmName like "net-*" };', []],
    ['permit(principal, action, resource) when { context.Transport.Name == "net-vm" };', []],
  ])('are those of callers, and of values that fields are compared with: %s', async (rules, names) => {
    expect(await namesIn(rules)).toEqual(names.map((name) => `/etc/rules.cedar:1:1 ${name}`));
  });

  it('have the position of their rule', async () => {
    const rules = 'permit(principal, action, resource);\n  forbid(principal == Source::"net-vm", action, resource);';
    expect(await namesIn(rules)).toEqual(['/etc/rules.cedar:2:3 principal net-vm']);
  });
});
