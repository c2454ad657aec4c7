import { agentEntry, runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { agentOf, agentUnit, netVm, newLinks, unitOf, type Links } from './link.fixture.js';
import { heartbeat, snapshot, StandInReportCall, update } from './report-call.fixture.js';

describe('the reports of agents', () => {
  let registry: Links['registry'];
  let store: Links['store'];
  let links: Links['links'];
  let lines: Links['lines'];
  let record: Links['record'];
  let list: Links['list'];
  let openWith: Links['openWith'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ registry, store, links, lines, record, list, openWith } = newLinks());
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);

  it.each([
    ['a heartbeat', heartbeat],
    ['an update', update(unitOf('web.service'))],
  ])(
    'end as UNAUTHENTICATED at %s that comes when the clock is past the end of the certificate',
    async (_, message) => {
      jest.setSystemTime(Date.UTC(2027, 0, 1));
      const opened = openWith([]);
      opened.stream.say(heartbeat);
      await settled();
      expect(opened.end).toBeUndefined();
      jest.setSystemTime(Date.UTC(2027, 0, 1) + 1);
      opened.stream.say(message);
      await settled();
      expect(opened.end).toBe('UNAUTHENTICATED: the certificate of the caller ended on 2027-01-01T00:00:00.000Z');
      expect(list()).not.toContain('web.service Running');
    },
  );

  it('are a snapshot that replaces what was known of the machine, then updates', async () => {
    store.put(agentEntry('gui-vm'));
    openWith(['a.service', 'b.service']);
    expect(list()).toEqual([
      'givc-gui-vm.service Running',
      `${agentUnit} Running`,
      'a.service Running',
      'b.service Running',
    ]);
    expect(store.get(netVm, unitNamed(agentUnit))).toMatchObject({
      ...{ presence: { state: 'reporting' }, bootId: 'boot' },
    });
    const { stream } = openWith(['b.service']);
    stream.say(update(unitOf('c.service')));
    expect(list().slice(1)).toEqual([`${agentUnit} Running`, 'b.service Running', 'c.service Running']);
    await settled();
    expect(stream.written.map(({ $case }) => $case)).toEqual(['Taken', 'Acknowledged']);
  });

  it('of an older stream that comes late are refused, and the newer one goes on', async () => {
    const newer = openWith(['a.service'], { Number: 7 });
    const late = openWith(['b.service'], { Number: 6 });
    await settled();
    expect(late.end).toBe('ABORTED: a newer stream of the agent of net-vm is open');
    expect(newer.end).toBeUndefined();
    newer.stream.say(update(unitOf('c.service')));
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running', 'c.service Running']);
  });

  it.each([
    ['has a higher number', { Number: 8 }],
    ['is of another boot', { Number: 1, BootId: 'next boot' }],
    ['has no number, as agents of before', { Number: undefined }],
  ])('are replaced by a stream that %s', async (_, fields) => {
    const older = openWith(['a.service'], { Number: 7 });
    openWith(['b.service'], fields);
    await settled();
    expect(older.end).toBe('ABORTED: another stream of this agent has replaced this one');
    expect(list()).toEqual([`${agentUnit} Running`, 'b.service Running']);
  });

  it('are taken of any stream once the newer one has ended, as the clock of a machine that was restored goes back', async () => {
    const newer = openWith(['a.service'], { Number: 7 });
    newer.stream.emit('end');
    await settled();
    openWith(['b.service'], { Number: 6 });
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`, 'b.service Running']);
  });

  it('mark an agent as lost once it was silent for two and a half heartbeats, and the next snapshot brings it back', async () => {
    const silent = openWith([], { HeartbeatMs: 3_000 });
    await jest.advanceTimersByTimeAsync(5_000);
    silent.stream.say(heartbeat);
    await jest.advanceTimersByTimeAsync(7_499);
    expect(list()).toEqual([`${agentUnit} Running`]);
    await jest.advanceTimersByTimeAsync(2);
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(silent.end).toBe('DEADLINE_EXCEEDED: the agent has not been heard of for too long');
    expect(lines).toContain(`warn: agent lost vm=net-vm agent=${agentUnit} reason="its reports have ended"`);
    expect(lines).toContain('debug: reports ended vm=net-vm error="the agent has not been heard of for too long"');
    expect(links.lastHeard(netVm)).toBeUndefined();
    openWith([]);
    expect(list()).toEqual([`${agentUnit} Running`]);
    expect(links.lastHeard(netVm)).toBe(12_501);
  });

  it('mark an agent as lost when it ends them', async () => {
    const opened = openWith([]);
    opened.stream.emit('end');
    await settled();
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(opened.end).toBe('by the agent');
    expect(lines.join('\n')).not.toContain('reports ended');
  });

  it('go by the newest stream of an agent: the one before ends, and takes nothing with it', async () => {
    const first = openWith(['a.service']);
    const second = openWith(['a.service']);
    await settled();
    expect(first.end).toBe('ABORTED: another stream of this agent has replaced this one');
    first.stream.emit('end');
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
    expect(second.end).toBeUndefined();
  });

  it('end when the machine of their agent leaves the registry, and only then', async () => {
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

  it('are recorded once, when their agent is new', () => {
    for (let time = 0; time < 2; time++) openWith([]);
    expect(record).toEqual([
      {
        time: expect.any(String),
        ...{ peer: 'net-vm', address: '127.0.0.1', rpc: '/report.Reports/Report', answer: 'OK' },
        request: { Name: agentUnit, Parent: '', Type: 8, Address: '127.0.0.1', Port: '9000' },
      },
    ]);
  });

  it('notify of each update that is in the registry, with the time of its signal, and of none that was rejected', () => {
    const received: number[] = [];
    links.onChanged((sinceMs) => received.push(sinceMs));
    const { stream } = openWith(['a.service']);
    stream.say(update(unitOf('a.service'), { SinceMs: 7 }));
    stream.say(update(agentOf(), { SinceMs: 8 }));
    expect(received).toEqual([7]);
  });

  it('end when an update meets a bug of the admin', async () => {
    const opened = openWith([]);
    jest.spyOn(registry, 'register').mockImplementationOnce(() => {
      throw new TypeError('a bug');
    });
    opened.stream.say(update(unitOf('a.service')));
    await settled();
    expect(opened.end).toBe('INTERNAL: TypeError: a bug');
  });

  it('say how a unit ended, which the registry remembers', () => {
    const { stream } = openWith(['a.service']);
    const State = { ...runningStatus(unitNamed('a.service')), ActiveState: 'failed', SubState: 'failed' };
    stream.say(update(unitOf('a.service', { State }), { Ending: { Asked: true, Result: 'timeout', Status: 9 } }));
    expect(store.get(netVm, unitNamed('a.service'))?.stopAsked).toBe(true);
  });

  it('of a caller without a certificate are taken where TLS is off', () => {
    const plain = new StandInReportCall();
    void links.accept(plain.call);
    plain.say(snapshot({ Agent: agentOf() }));
    expect(plain.written).toEqual([{ $case: 'Taken', value: { Refused: [] } }]);
  });
});
