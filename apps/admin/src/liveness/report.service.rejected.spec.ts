// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import { runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { agentOf, agentUnit, entryOf, newReports, unitOf, type Reports } from './report.fixture.js';
import { accepted, entry, snapshot, update, type FakeReportCall } from './report-call.fixture.js';

describe('the report service', () => {
  let store: Reports['store'];
  let lines: Reports['lines'];
  let record: Reports['record'];
  let list: Reports['list'];
  let open: Reports['open'];
  let openWith: Reports['openWith'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ store, lines, record, list, open, openWith } = newReports());
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);

  it.each<[string, admin.RegistryRequest | undefined, string, boolean]>([
    ['without a registration', undefined, 'Entry.registration: required', false],
    ['of an agent', agentOf(), `Parent: unit "${agentUnit}" is not of the agent of net-vm`, false],
    [
      'below another agent',
      unitOf('a.service', { Parent: 'givc-gui-vm.service' }),
      'Parent: unit "a.service" is not of the agent of net-vm',
      false,
    ],
    [
      'that is no registration',
      unitOf('a.service', { Type: 99 }),
      expect.stringContaining('Type: invalid unit type 99: expected 0-14 (0 Host Mgr, ') as string,
      false,
    ],
    [
      'that its certificate does not allow',
      unitOf('microvm@x-vm.service', { Type: 7 }),
      'Name: microvm@x-vm.service is a VM, which only the host registers: it has not registered yet',
      true,
    ],
  ])('rejects an entry %s, with the reason', (_, registration, reason, isRecorded) => {
    const { stream } = openWith([]);
    record.length = 0;
    stream.send(entry(registration));
    expect(stream.written.at(-1)).toEqual({ $case: 'rejected', value: { name: registration?.Name ?? '', reason } });
    expect(list()).toEqual([`${agentUnit} Running`]);
    const { Name, Parent, Type } = { ...registration };
    expect(record).toEqual(
      isRecorded
        ? [expect.objectContaining({ answer: 'PERMISSION_DENIED', reason, request: { Name, Parent, Type } })]
        : [],
    );
  });

  it.each<[string, (stream: FakeReportCall) => void, string]>([
    ['of an entry that was never sent', () => undefined, 'a.service'],
    ['of an entry that was rejected', (stream) => stream.send(entry(unitOf('a.service', { Type: 99 }))), 'a.service'],
    [
      'of an application that has ended',
      (stream) => {
        stream.send(entry(unitOf('clock@0.service', { Type: 10 })));
        stream.send(update('clock@0.service', stoppedStatus(unitNamed('clock@0.service'))));
      },
      'clock@0.service',
    ],
    ['of the agent', () => undefined, agentUnit],
  ])('rejects an update %s, with the reason', (_, before, name) => {
    const { stream } = openWith(['b.service']);
    before(stream);
    stream.send(update(name, runningStatus(unitNamed(name))));
    const reason = `Update.name: no entry "${name}" was accepted on this stream`;
    expect(stream.written.at(-1)).toEqual({ $case: 'rejected', value: { name, reason } });
    expect(list()).toEqual([`${agentUnit} Running`, 'b.service Running']);
  });

  it('rejects an update with a missing or invalid status, and keeps the entry unchanged', () => {
    const { stream } = openWith(['a.service']);
    stream.send(update('a.service', undefined));
    stream.send(update('a.service', { ...runningStatus(unitNamed('a.service')), ActiveState: 'no state' }));
    expect(stream.written.slice(1)).toEqual([
      { $case: 'rejected', value: { name: 'a.service', reason: 'Update.status: required' } },
      {
        $case: 'rejected',
        value: { name: 'a.service', reason: expect.stringContaining('State.ActiveState: ') as string },
      },
    ]);
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
    stream.send(update('a.service', stoppedStatus(unitNamed('a.service'))));
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service PoweredOff']);
  });

  it('accepts at most 1,000 entries on one stream, including units that have left the registry', () => {
    const { stream } = openWith(Array.from({ length: 999 }, (_, n) => `u${n}.service`));
    for (const name of ['last.service', 'more.service']) {
      store.remove('net-vm/u0.service');
      stream.send(entry(unitOf(name)));
      store.remove(`net-vm/${name}`);
    }
    const reason = 'net-vm has reported 1000 units, more are not accepted';
    expect(stream.written.slice(1)).toEqual([{ $case: 'rejected', value: { name: 'more.service', reason } }]);
  });

  it.each([
    [['a b'], 'INVALID_ARGUMENT: Snapshot.applications: invalid application name "a b": expected'],
    [['chromium', 'x'.repeat(129)], 'INVALID_ARGUMENT: Snapshot.applications: invalid application name "xxx'],
    [Array<string>(201).fill('a'), 'RESOURCE_EXHAUSTED: Snapshot.applications: too many: expected at most 200'],
  ])('rejects a snapshot with invalid applications: %j', async (names, reason) => {
    const opened = openWith(['a.service'], { applications: { names } });
    await settled();
    expect(opened.end).toContain(reason);
    expect(list()).toEqual([]);
  });

  it('rejects entries of a snapshot one by one', () => {
    const opened = open();
    const units = [
      entryOf(unitOf('a.service')),
      entryOf(agentOf()),
      { registration: undefined, ending: undefined, since_ms: 0 },
    ];
    opened.stream.send(snapshot({ agent: agentOf(), entries: units }));
    expect(opened.stream.written).toEqual([
      accepted(
        { name: agentUnit, reason: `Parent: unit "${agentUnit}" is not of the agent of net-vm` },
        { name: '', reason: 'Entry.registration: required' },
      ),
    ]);
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
  });

  it.each<[string, string | undefined, Partial<report.Snapshot>, string]>([
    ['has no agent', 'net-vm', {}, 'INVALID_ARGUMENT: Snapshot.agent: required'],
    [
      'has more than 1,000 entries',
      'net-vm',
      { agent: agentOf(), entries: Array<report.Entry>(1_001).fill(entryOf(unitOf('a.service'))) },
      'RESOURCE_EXHAUSTED: Snapshot.entries: too many: expected at most 1000',
    ],
    [
      'has a unit in the place of the agent',
      'net-vm',
      { agent: unitOf('a.service') },
      'INVALID_ARGUMENT: Snapshot.agent: a.service is registered as a unit',
    ],
    [
      'is of another machine',
      'gui-vm',
      { agent: agentOf() },
      `PERMISSION_DENIED: Name: ${agentUnit} may be registered only with the certificate of net-vm, and this is gui-vm's`,
    ],
  ])('ends a stream whose snapshot %s', async (_, vm, fields, end) => {
    const opened = open(vm);
    opened.stream.send(snapshot(fields));
    await settled();
    expect(opened.end).toBe(end);
    expect(list()).toEqual([]);
    expect(record.map(({ answer }) => answer)).toEqual(end.startsWith('PERMISSION') ? ['PERMISSION_DENIED'] : []);
    expect(lines).toEqual([]);
  });

  it('accepts a snapshot of 1,000 entries, and rejects a further one without recording a denial', () => {
    const names = Array.from({ length: 999 }, (_, n) => `u${n}.service`);
    const { stream } = openWith([...names, 'u0.service']);
    expect(stream.written).toEqual([accepted()]);
    expect(list()).toHaveLength(1_000);
    stream.send(entry(unitOf('more.service')));
    const reason = 'net-vm has registered 1000 units, the maximum';
    expect(stream.written.at(-1)).toEqual({ $case: 'rejected', value: { name: 'more.service', reason } });
    expect(record.map(({ answer }) => answer)).toEqual(['OK']);
  });

  it.each(['Protocol', 'Address', 'Port', 'Name'])(
    'rejects an entry whose Transport.%s is longer than 256',
    (field) => {
      const { stream } = openWith([]);
      const Transport = { Protocol: 'unix', Address: '/run/agent', Port: '', Name: 'net-vm' };
      for (const length of [256, 257])
        stream.send(entry(unitOf('a.service', { Transport: { ...Transport, [field]: 'x'.repeat(length) } })));
      const reason = `Transport.${field}: too long: expected at most 256 characters`;
      expect(stream.written.slice(1)).toEqual([{ $case: 'rejected', value: { name: 'a.service', reason } }]);
    },
  );

  it('rejects a result, a state, a boot id or a version of megabytes', async () => {
    const long = 'x'.repeat(4_000_000);
    const { stream } = openWith([]);
    stream.send(entry(unitOf('a.service'), { ending: { stop_requested: true, result: long, status: 9 } }));
    stream.send(entry(unitOf('b.service', { State: { ...runningStatus(unitNamed('b.service')), SubState: long } })));
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`]);
    for (const field of ['boot_id', 'agent_version']) {
      const opened = openWith([], { [field]: long });
      await settled();
      expect(opened.end).toMatch(new RegExp(`^INVALID_ARGUMENT: Snapshot.${field}: .{1,300}$`));
    }
    expect(lines.every((line) => line.length < 1_000)).toBe(true);
  });
});
