// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import { agentEntry, runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { agentOf, agentUnit, netVm, newReports, unitOf, type Reports } from './report.fixture.js';
import { accepted, entry, FakeReportCall, heartbeat, snapshot, update } from './report-call.fixture.js';

describe('the report service', () => {
  let registration: Reports['registration'];
  let store: Reports['store'];
  let reports: Reports['reports'];
  let lines: Reports['lines'];
  let record: Reports['record'];
  let list: Reports['list'];
  let openWith: Reports['openWith'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ registration, store, reports, lines, record, list, openWith } = newReports());
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);

  it.each([
    ['a heartbeat', heartbeat],
    ['an entry', entry(unitOf('web.service'))],
  ])('ends a stream as UNAUTHENTICATED at %s after the end of the certificate', async (_, message) => {
    jest.setSystemTime(Date.UTC(2027, 0, 1));
    const opened = openWith([]);
    opened.stream.send(heartbeat);
    await settled();
    expect(opened.end).toBeUndefined();
    jest.setSystemTime(Date.UTC(2027, 0, 1) + 1);
    opened.stream.send(message);
    await settled();
    expect(opened.end).toBe('UNAUTHENTICATED: the certificate of the caller expired on 2027-01-01T00:00:00.000Z');
    expect(list()).not.toContain('web.service Running');
  });

  it('replaces the entries of a machine by a snapshot, then applies entries and updates', async () => {
    store.put(agentEntry('gui-vm'));
    openWith(['a.service', 'b.service']);
    expect(list()).toEqual([
      'givc-gui-vm.service Running',
      `${agentUnit} Running`,
      'a.service Running',
      'b.service Running',
    ]);
    expect(store.get(netVm, unitNamed(agentUnit))).toMatchObject({
      presence: { state: 'reporting' },
      bootId: 'boot',
    });
    const { stream } = openWith(['b.service']);
    stream.send(entry(unitOf('c.service')));
    stream.send(update('b.service', stoppedStatus(unitNamed('b.service'))));
    expect(list().slice(1)).toEqual([`${agentUnit} Running`, 'b.service PoweredOff', 'c.service Running']);
    await settled();
    expect(stream.written.map(({ $case }) => $case)).toEqual(['snapshot_accepted', 'acknowledged']);
  });

  it('knows the applications of an agent, each once, until its stream ends or the next snapshot has others', async () => {
    const names = () => reports.agentOf(netVm)?.applications?.names;
    openWith([], { applications: { names: ['chromium', 'clock', 'chromium'] } });
    expect(names()).toEqual(['chromium', 'clock']);
    const { stream } = openWith([], { applications: { names: [] } });
    expect(names()).toEqual([]);
    await settled();
    expect(names()).toEqual([]);
    stream.emit('end');
    await settled();
    expect(reports.agentOf(netVm)).toBeUndefined();
  });

  it('does not know the applications of an agent that sends none, as those of before', () => {
    openWith([]);
    expect(reports.agentOf(netVm)).toMatchObject({ applications: undefined });
  });

  it('rejects an older stream that arrives late, while the newer one continues', async () => {
    const newer = openWith(['a.service'], { stream_number: 7 });
    const late = openWith(['b.service'], { stream_number: 6 });
    await settled();
    expect(late.end).toBe('ABORTED: a newer stream of the agent of net-vm is open');
    expect(newer.end).toBeUndefined();
    newer.stream.send(entry(unitOf('c.service')));
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running', 'c.service Running']);
  });

  it.each([
    ['has a higher number', { stream_number: 8 }],
    ['is of another boot', { stream_number: 1, boot_id: 'next boot' }],
    ['has no number, as agents of before', { stream_number: undefined }],
  ])('replaces a stream by one that %s', async (_, fields) => {
    const older = openWith(['a.service'], { stream_number: 7 });
    openWith(['b.service'], fields);
    await settled();
    expect(older.end).toBe('ABORTED: another stream of this agent has replaced this one');
    expect(list()).toEqual([`${agentUnit} Running`, 'b.service Running']);
  });

  it('accepts any stream once the newer one has ended, because the clock of a restored machine goes back', async () => {
    const newer = openWith(['a.service'], { stream_number: 7 });
    newer.stream.emit('end');
    await settled();
    openWith(['b.service'], { stream_number: 6 });
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`, 'b.service Running']);
  });

  it('marks an agent as lost after two and a half heartbeat intervals of silence, until the next snapshot', async () => {
    const silent = openWith([], { heartbeat_interval_ms: 3_000 });
    await jest.advanceTimersByTimeAsync(5_000);
    silent.stream.send(heartbeat);
    await jest.advanceTimersByTimeAsync(7_499);
    expect(list()).toEqual([`${agentUnit} Running`]);
    await jest.advanceTimersByTimeAsync(2);
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(silent.end).toBe('DEADLINE_EXCEEDED: no message from the agent within the heartbeat timeout');
    expect(lines).toContain(`warn: agent lost vm=net-vm agent=${agentUnit} reason="its reports have ended"`);
    expect(lines).toContain(
      'debug: report stream ended vm=net-vm error="no message from the agent within the heartbeat timeout"',
    );
    expect(reports.agentOf(netVm)?.lastSeen).toBeUndefined();
    openWith([]);
    expect(list()).toEqual([`${agentUnit} Running`]);
    expect(reports.agentOf(netVm)?.lastSeen).toBe(12_501);
  });

  it('marks an agent as lost when it ends its stream', async () => {
    const opened = openWith([]);
    opened.stream.emit('end');
    await settled();
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(opened.end).toBe('by the agent');
    expect(lines.join('\n')).not.toContain('report stream ended');
  });

  it('uses the newest stream of an agent; the end of the previous one has no effect', async () => {
    const first = openWith(['a.service']);
    const second = openWith(['a.service']);
    await settled();
    expect(first.end).toBe('ABORTED: another stream of this agent has replaced this one');
    first.stream.emit('end');
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
    expect(second.end).toBeUndefined();
  });

  it('ends a stream when the machine leaves the registry, and only then', async () => {
    const opened = openWith(['a.service']);
    store.remove('net-vm/a.service');
    const { status } = agentEntry('net-vm');
    store.put(agentEntry('net-vm', { status: { ...status, Description: 'new' } }));
    await settled();
    expect(opened.end).toBeUndefined();
    store.removeMachine(netVm);
    await settled();
    expect(opened.end).toBe('ABORTED: VM "net-vm" does not run any more');
    expect(list()).toEqual([]);
  });

  it('records an agent once when it is new', () => {
    for (let time = 0; time < 2; time++) openWith([]);
    expect(record).toEqual([
      {
        time: expect.any(String),
        peer: 'net-vm',
        address: '127.0.0.1',
        rpc: '/report.Reports/Report',
        answer: 'OK',
        request: { Name: agentUnit, Parent: '', Type: 8, Address: '127.0.0.1', Port: '9000' },
      },
    ]);
  });

  it('notifies of each entry and update in the registry, with its time, but not of rejected ones', () => {
    const received: number[] = [];
    reports.onUpdated((sinceMs) => received.push(sinceMs));
    const { stream } = openWith(['a.service']);
    stream.send(entry(unitOf('b.service'), { since_ms: 6 }));
    stream.send(update('a.service', runningStatus(unitNamed('a.service')), { since_ms: 7 }));
    stream.send(entry(agentOf(), { since_ms: 8 }));
    stream.send(update('c.service', runningStatus(unitNamed('c.service')), { since_ms: 9 }));
    expect(received).toEqual([6, 7]);
  });

  it('ends a stream as INTERNAL when the registry fails', async () => {
    const opened = openWith([]);
    jest.spyOn(registration, 'register').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    opened.stream.send(entry(unitOf('a.service')));
    await settled();
    expect(opened.end).toBe('INTERNAL: TypeError: a bug');
  });

  it('stores in the registry that a stop was requested', () => {
    const { stream } = openWith(['a.service']);
    const status = { ...runningStatus(unitNamed('a.service')), ActiveState: 'failed', SubState: 'failed' };
    stream.send(update('a.service', status, { ending: { stop_requested: true, result: 'timeout', status: 9 } }));
    expect(store.get(netVm, unitNamed('a.service'))?.stopRequested).toBe(true);
  });

  it('accepts a caller without a certificate when TLS is off', () => {
    const plain = new FakeReportCall();
    void reports.accept(plain.call);
    plain.send(snapshot({ agent: agentOf() }));
    expect(plain.written).toEqual([accepted()]);
  });
});
