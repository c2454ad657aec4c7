import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { answerOf, Losses, signalProgram, type Answer } from './losses.js';
import { machineNames, programUnit, type MachineName } from './plan.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');

describe('the loss of an agent', () => {
  let lab: Lab;
  let losses: Losses;

  beforeEach(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    losses = await Losses.open(lab);
  });
  afterEach(() => losses.close());

  it('that is killed is told, and so is who waited for it, before it is back', async () => {
    const [since, started] = [losses.told, Date.now()];
    const [netVm, unit, slow] = [lab.machine('net-vm'), programUnit('net-vm'), 'slow.service'];
    await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
    try {
      const start = answerOf(losses.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
      const toldWhenAnswered = start.then(() => losses.toldOf('net-vm', since));
      await netVm.logged(slow, `Starting ${slow}`, { since: started });
      signalProgram('net-vm', 'SIGKILL');
      await losses.watch.becomes('net-vm', unit, 'Running', since);
      expect(await start).toMatchObject({ status: 'UNAVAILABLE', message: expect.stringContaining('net-vm') });
      expect(await toldWhenAnswered).not.toContain(`${unit} Running`);
    } finally {
      await netVm.systemctl('stop', slow);
      await removeDropIn(netVm, slow);
    }
    expect((await losses.ask('net-vm')).status).toBe('OK');
    expect(losses.toldOf('net-vm', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(losses.toldBeside(['net-vm'], since)).toEqual([]);
  });

  it('of the host takes no VM with it, and it is back', async () => {
    const since = losses.told;
    const unit = programUnit('host');
    const restarted = lab.machine('host').systemctl('restart', unit);
    await losses.watch.becomes('host', unit, 'PoweredOff', since);
    expect((await losses.ask('net-vm')).status).toBe('OK');
    await losses.watch.becomes('host', unit, 'Running', since);
    await restarted;
    expect(losses.toldBeside(['host'], since)).toEqual([]);
    expect(losses.toldOf('host', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(await losses.admin.startVm({ VmName: 'chrome-vm' })).toEqual({ registryId: 'givc-chrome-vm.service' });
  });
});

/** What a loss that lasts for a while looks like. */
interface Lasting {
  /** What became of a call before the loss was noticed, and of one afterwards. */
  readonly early: Answer;
  readonly late: Answer;
  /** What was told of the machine until it was back and a change that was made meanwhile was known. */
  readonly told: readonly string[];
}

const web = 'web.service';

/** Three machines at once, because the silence of each is a wait. */
describe('silence', () => {
  let lab: Lab;
  let losses: Losses;
  let hung: Lasting;
  let cut: Lasting;
  let slow: { readonly answers: readonly Answer[]; readonly told: readonly string[] };
  let beside: readonly string[];

  /** Loses a machine until that is noticed, and stops a unit in it meanwhile, which has to be known afterwards. */
  async function lose(vm: MachineName, begin: () => unknown, end: () => unknown): Promise<Lasting> {
    const since = losses.told;
    const unit = programUnit(vm);
    const suffered = async () => {
      const early = await losses.ask(vm);
      await losses.watch.becomes(vm, unit, 'PoweredOff', since);
      const late = await losses.ask(vm);
      await lab.machine(vm).systemctl('stop', web);
      return { early, late };
    };
    await begin();
    const seen = await suffered().finally(() => end());
    await Promise.all([
      losses.watch.becomes(vm, unit, 'Running', since),
      losses.watch.becomes(vm, web, 'PoweredOff', since),
    ]);
    const told = losses.toldOf(vm, since);
    await losses.admin.startService({ VmName: vm, ServiceName: web });
    return { ...seen, told };
  }

  /** Calls and changes over a bad network, for as long as the losses beside it last. */
  async function suffer(vm: MachineName, until: Promise<unknown>): Promise<typeof slow> {
    const since = losses.told;
    const machine = lab.machine(vm);
    let isOver = false;
    void until.finally(() => (isOver = true));
    const answers: Answer[] = [];
    // sch_netem, which would delay each packet by 200 ms, is not in every kernel.
    await machine.shapeNetwork('tbf rate 64kbit burst 1600 latency 5s');
    await machine.losePackets(10);
    try {
      while (!isOver) answers.push(await losses.ask(vm));
    } finally {
      await machine.losePackets(0);
      await machine.shapeNetwork('');
    }
    return { answers, told: losses.toldOf(vm, since) };
  }

  beforeAll(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    losses = await Losses.open(lab);
    const since = losses.told;
    const cable = lab.machine('gui-vm');
    const lasting = Promise.all([
      lose(
        'net-vm',
        () => signalProgram('net-vm', 'SIGSTOP'),
        () => signalProgram('net-vm', 'SIGCONT'),
      ),
      lose(
        'gui-vm',
        () => cable.disconnect(),
        () => cable.reconnect(),
      ),
    ]);
    slow = await suffer('chrome-vm', lasting);
    [hung, cut] = await lasting;
    beside = losses.toldBeside(['net-vm', 'gui-vm', 'chrome-vm'], since);
  });
  afterAll(() => losses.close());

  const changes = (vm: MachineName) => [
    `${programUnit(vm)} PoweredOff`,
    `${programUnit(vm)} Running`,
    `${web} PoweredOff`,
  ];

  it.each([
    ['an agent that hangs', 'net-vm', () => hung],
    ['a machine that is cut off', 'gui-vm', () => cut],
  ] as const)('of %s is noticed, callers are told instead of waiting, and it is whole again', (_, vm, loss) => {
    const { early, late, told } = loss();
    expect(early).toMatchObject({ status: 'UNAVAILABLE', message: expect.stringContaining(vm) });
    expect(late).toMatchObject({ status: 'UNAVAILABLE' });
    expect([...told].sort()).toEqual(changes(vm).sort());
  });

  it('is not what a network means that is slow and loses each tenth packet: calls take longer, nobody is lost', () => {
    expect(slow.answers.length).toBeGreaterThan(3);
    expect(new Set(slow.answers.map(({ status }) => status))).toEqual(new Set(['OK']));
    expect(slow.told).toEqual([]);
  });

  it('does not spread', () => {
    expect(beside).toEqual([]);
  });
});
