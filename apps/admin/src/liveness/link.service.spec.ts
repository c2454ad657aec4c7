import { Access, Audit, Authorizer } from '@givc/access';
import { transportOf } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import { StandInAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  endpointOf,
  newRegistry,
  runningStatus,
  unitNamed,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { RegistryService } from '../registry/registry.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { LinkService } from './link.service.js';
import { heartbeat, snapshot, StandInReportCall, update } from './report-call.fixture.js';

const netVm = vmNamed('net-vm');
const agentUnit = 'givc-net-vm.service';

const agentOf = (vm = 'net-vm', fields: Partial<admin.RegistryRequest> = {}): admin.RegistryRequest => {
  const { unit, status } = agentEntry(vm);
  return { Name: unit, Parent: '', Type: 8, Transport: transportOf(endpointOf(vmNamed(vm))), State: status, ...fields };
};
const unitOf = (Name: string, fields: Partial<admin.RegistryRequest> = {}): admin.RegistryRequest => ({
  ...{ Name, Parent: agentUnit, Type: 9, Transport: undefined, State: runningStatus(unitNamed(Name)) },
  ...fields,
});
const changeOf = (Unit: admin.RegistryRequest): report.Change => ({ Unit, Ending: undefined, SinceMs: 0 });

describe('the reports of agents', () => {
  let registry: RegistryService;
  let store: RegistryStore;
  let links: LinkService;
  let lines: string[];
  let record: Record<string, unknown>[];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    const made = newRegistry();
    ({ registry, store, lines } = made);
    record = [];
    const write = (line: string) => void record.push(JSON.parse(line) as Record<string, unknown>);
    const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
    const access = new Access({ identity: undefined, rules: undefined, audit, denial: 'denied' });
    const authorizer = new Authorizer(access, audit, made.log);
    const agents = new StandInAgents(({ unit }) => Promise.resolve(runningStatus(unit)));
    links = new LinkService(registry, made.presence, agents.connections, audit, authorizer, made.log);
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);
  /** A stream of an agent, and how it ended. */
  const open = (vm: string | undefined = 'net-vm') => {
    const stream = new StandInReportCall(vm);
    const opened: { readonly stream: StandInReportCall; end: string | undefined } = { stream, end: undefined };
    links.accept(stream.call).then(
      () => (opened.end = 'by the agent'),
      (error: { reason: string; message: string }) => (opened.end = `${error.reason}: ${error.message}`),
    );
    return opened;
  };
  const openWith = (units: string[], fields: Partial<report.Picture> = {}) => {
    const opened = open();
    const Units = units.map((name) => changeOf(unitOf(name)));
    opened.stream.say(snapshot({ Agent: agentOf(), Units, BootId: 'boot', ...fields }));
    return opened;
  };
  const list = () => store.list().List.map(({ Name, VmStatus }) => `${Name} ${VmStatus}`);

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

  it.each<[string, admin.RegistryRequest | undefined, string, boolean]>([
    ['without a unit', undefined, 'Change.Unit: it is missing', false],
    ['of an agent', agentOf(), `Unit: ${agentUnit} is not below the agent of net-vm`, false],
    [
      'below another agent',
      unitOf('a.service', { Parent: 'givc-gui-vm.service' }),
      'Unit: a.service is not below the agent of net-vm',
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
      'Name: microvm@x-vm.service is a VM, which only the host registers: it has not come yet',
      true,
    ],
  ])('reject an update %s, and say why', (_, Unit, Why, isRecorded) => {
    const { stream } = openWith([]);
    record.length = 0;
    stream.say(update(Unit));
    expect(stream.written.at(-1)).toEqual({ $case: 'Refused', value: { Name: Unit?.Name ?? '', Why } });
    expect(list()).toEqual([`${agentUnit} Running`]);
    const { Name, Parent, Type } = { ...Unit };
    expect(record).toEqual(
      isRecorded
        ? [expect.objectContaining({ answer: 'PERMISSION_DENIED', why: Why, request: { Name, Parent, Type } })]
        : [],
    );
  });

  it('reject units of a snapshot one by one', () => {
    const opened = open();
    const Units = [
      changeOf(unitOf('a.service')),
      changeOf(agentOf()),
      { Unit: undefined, Ending: undefined, SinceMs: 0 },
    ];
    opened.stream.say(snapshot({ Agent: agentOf(), Units }));
    expect(opened.stream.written).toEqual([
      {
        $case: 'Taken',
        value: {
          Refused: [
            { Name: agentUnit, Why: `Unit: ${agentUnit} is not below the agent of net-vm` },
            { Name: '', Why: 'Change.Unit: it is missing' },
          ],
        },
      },
    ]);
    expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
  });

  it.each<[string, string | undefined, Partial<report.Picture>, string]>([
    ['has no agent', 'net-vm', {}, 'INVALID_ARGUMENT: Picture.Agent: it is missing'],
    [
      'has more than 1,000 units',
      'net-vm',
      { Agent: agentOf(), Units: Array<report.Change>(1_001).fill(changeOf(unitOf('a.service'))) },
      'RESOURCE_EXHAUSTED: Picture.Units: 1001 are too many: at most 1000',
    ],
    [
      'has a unit in the place of the agent',
      'net-vm',
      { Agent: unitOf('a.service') },
      'INVALID_ARGUMENT: Picture.Agent: a.service is registered as a unit',
    ],
    [
      'is of another machine',
      'gui-vm',
      { Agent: agentOf() },
      `PERMISSION_DENIED: Name: ${agentUnit} may be registered only with the certificate of net-vm, and this is gui-vm's`,
    ],
  ])('end after a snapshot that %s', async (_, vm, picture, end) => {
    const opened = open(vm);
    opened.stream.say(snapshot(picture));
    await settled();
    expect(opened.end).toBe(end);
    expect(list()).toEqual([]);
    expect(record.map(({ answer }) => answer)).toEqual(end.startsWith('PERMISSION') ? ['PERMISSION_DENIED'] : []);
    expect(lines).toEqual([]);
  });

  it('may have a snapshot of 1,000 units; a unit too many is rejected, which is no refusal to record', () => {
    const names = Array.from({ length: 999 }, (_, n) => `u${n}.service`);
    const { stream } = openWith([...names, 'u0.service']);
    expect(stream.written).toEqual([{ $case: 'Taken', value: { Refused: [] } }]);
    expect(list()).toHaveLength(1_000);
    stream.say(update(unitOf('more.service')));
    const Why = 'net-vm has registered 1000 units, more are not taken';
    expect(stream.written.at(-1)).toEqual({ $case: 'Refused', value: { Name: 'more.service', Why } });
    expect(record.map(({ answer }) => answer)).toEqual(['OK']);
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

  it('are refused when a result, a boot id or a state has megabytes', async () => {
    const long = 'x'.repeat(4_000_000);
    const { stream } = openWith([]);
    stream.say(update(unitOf('a.service'), { Ending: { Asked: true, Result: long, Status: 9 } }));
    stream.say(update(unitOf('b.service', { State: { ...runningStatus(unitNamed('b.service')), SubState: long } })));
    await settled();
    expect(list()).toEqual([`${agentUnit} Running`]);
    const opened = openWith([], { BootId: long });
    await settled();
    expect(opened.end).toMatch(/^INVALID_ARGUMENT: BootId: .{1,300}$/);
    expect(lines.every((line) => line.length < 1_000)).toBe(true);
  });

  it('of a caller without a certificate are taken where TLS is off', () => {
    const plain = new StandInReportCall();
    void links.accept(plain.call);
    plain.say(snapshot({ Agent: agentOf() }));
    expect(plain.written).toEqual([{ $case: 'Taken', value: { Refused: [] } }]);
  });
});
