// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentEntry, unitEntry, vmEntry, vmNamed } from '../registry/registry.fixture.js';
import { formatSnapshot, parseSnapshot } from './registry-snapshot.js';

describe('the snapshot of the registry', () => {
  const reread = (text: string) => parseSnapshot(JSON.parse(text));

  it('contains everything that outlives the admin, and no current state', () => {
    const entries = [
      agentEntry('net-vm', { certifiedAt: 1_234, bootId: 'b' }),
      unitEntry('net-vm', 'web.service', { stopRequested: true }),
      vmEntry('net-vm'),
      unitEntry('net-vm', 'clock@0.service', {}, 'App'),
    ];
    expect(reread(formatSnapshot({ hostName: vmNamed('host'), entries }))).toEqual({
      warnings: [],
      hostName: 'host',
      entries: [
        agentEntry('net-vm', { certifiedAt: 1_234, bootId: 'b', presence: { state: 'unconfirmed' } }),
        ...entries.slice(1),
      ],
    });
  });

  it('contains every kind of endpoint', () => {
    const name = vmNamed('net-vm');
    for (const address of [
      { protocol: 'tcp', host: 'fd00::1', port: 65_535 },
      { protocol: 'unix', path: '/run/agent.sock' },
      { protocol: 'abstract', path: 'agent' },
      { protocol: 'vsock', cid: 4_294_967_294, port: 1 },
    ] as const) {
      const entries = [agentEntry('net-vm', { endpoint: { name, address } })];
      expect(reread(formatSnapshot({ hostName: undefined, entries })).entries[0]?.endpoint).toEqual({ name, address });
    }
  });

  it('is one line of JSON', () => {
    expect(formatSnapshot({ hostName: undefined, entries: [] })).toBe('{"version":1,"entries":[]}\n');
  });

  const good = formatSnapshot({ hostName: vmNamed('host'), entries: [agentEntry('net-vm'), vmEntry('net-vm')] });
  it.each<[string, string, number, RegExp]>([
    ['an invalid name', good.replace('"unit":"givc-net-vm.service"', '"unit":"../x"'), 0, /^entries\[0\].unit/],
    ['an invalid machine', good.replace('"machine":"host"', '"machine":"../x"'), 1, /^entries\[1\].machine/],
    ['an invalid type', good.replace('"type":8', '"type":15'), 0, /^entries\[0\].type/],
    ['an invalid endpoint', good.replace('"Port":"9000"', '"Port":"x"'), 0, /^entries\[0\].endpoint.Port/],
    [
      'an endpoint that cannot be dialled',
      good.replace('"tcp","Name"', '"unix","Name"').replace('127.0.0.1', '/run/a\\nb'),
      0,
      /^entries\[0\].endpoint.Address/,
    ],
    ['no endpoint although it is an agent', good.replace(/,"endpoint":\{[^}]*\}/, ''), 0, /^entries\[0\]: an agent/],
    [
      "a name that differs from its machine's agent",
      good.replace('"unit":"givc-net-vm.service"', '"unit":"web.service"'),
      0,
      /^entries\[0\]: an agent/,
    ],
    ['no state', good.replace(/"status":\{[^}]*\},/, ''), 0, /^entries\[0\].status/],
    ['a state that lacks a field', good.replace('"LoadState":"loaded",', ''), 0, /^entries\[0\].status.LoadState/],
  ])('leaves out an entry that has %s and keeps the others', (_, text, left, place) => {
    expect(text).not.toBe(good);
    const { entries, warnings, hostName } = reread(text);
    expect(entries).toEqual(reread(good).entries.filter((_entry, index) => index !== left));
    expect(hostName).toBe('host');
    expect(warnings).toEqual([expect.stringMatching(place)]);
    expect(warnings[0]).toMatch(/; this entry is left out$/);
  });

  it('is rejected when it is of another version', () => {
    const text = good.replace('"version":1', '"version":2');
    expect(() => reread(text)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    expect(() => reread(text)).toThrow(/version/);
  });
});
