import type { admin, report } from '@givc/rpc';
import { runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { agentOf, agentUnit, changeOf, newLinks, unitOf, type Links } from './link.fixture.js';
import { snapshot, update } from './report-call.fixture.js';

describe('the reports of agents', () => {
  let lines: Links['lines'];
  let record: Links['record'];
  let list: Links['list'];
  let open: Links['open'];
  let openWith: Links['openWith'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ lines, record, list, open, openWith } = newLinks());
  });
  afterEach(() => jest.useRealTimers());

  const settled = () => jest.advanceTimersByTimeAsync(0);

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
});
