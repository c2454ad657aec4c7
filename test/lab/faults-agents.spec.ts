// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { answerOf, Observer, signalProgram, type Answer } from './observer.js';
import { machineNames, programUnit, type MachineName } from './plan.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');

describe('an agent', () => {
  let lab: Lab;
  let observer: Observer;

  beforeEach(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    observer = await Observer.open(lab);
  });
  afterEach(() => observer.close());

  it('is shown as lost when it is killed, and calls that wait for it fail, before it is back', async () => {
    const [since, started] = [observer.changeCount, Date.now()];
    const [netVm, unit, slow] = [lab.machine('net-vm'), programUnit('net-vm'), 'slow.service'];
    await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
    try {
      const start = answerOf(observer.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
      const changesWhenAnswered = start.then(() => observer.changesOf('net-vm', since));
      await netVm.logged(slow, `Starting ${slow}`, { since: started });
      signalProgram('net-vm', 'SIGKILL');
      await observer.watch.becomes('net-vm', unit, 'Running', since);
      expect(await start).toMatchObject({ status: 'UNAVAILABLE', message: expect.stringContaining('net-vm') });
      expect(await changesWhenAnswered).not.toContain(`${unit} Running`);
    } finally {
      await netVm.systemctl('stop', slow);
      await removeDropIn(netVm, slow);
    }
    expect((await observer.ask('net-vm')).status).toBe('OK');
    expect(observer.changesOf('net-vm', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(observer.changesOfOthers(['net-vm'], since)).toEqual([]);
  });

  it('does not affect the VMs when it is that of the host and restarts', async () => {
    const since = observer.changeCount;
    const unit = programUnit('host');
    const restarted = lab.machine('host').systemctl('restart', unit);
    await observer.watch.becomes('host', unit, 'PoweredOff', since);
    expect((await observer.ask('net-vm')).status).toBe('OK');
    await observer.watch.becomes('host', unit, 'Running', since);
    await restarted;
    expect(observer.changesOfOthers(['host'], since)).toEqual([]);
    expect(observer.changesOf('host', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(await observer.admin.startVm({ VmName: 'chrome-vm' })).toEqual({ registryId: 'givc-chrome-vm.service' });
  });
});

/** The effects of an outage that lasts for a while. */
interface Outage {
  /** The answer to a call before the outage was noticed, and to a later call. */
  readonly early: Answer;
  readonly late: Answer;
  /** The changes of the machine's entries until the machine is back and a change made meanwhile is known. */
  readonly changes: readonly string[];
}

const web = 'web.service';

/** Three machines at once, because each outage is mostly a wait. */
describe('an outage', () => {
  let lab: Lab;
  let observer: Observer;
  let hung: Outage;
  let cut: Outage;
  let slow: { readonly answers: readonly Answer[]; readonly changes: readonly string[] };
  let others: readonly string[];

  /**
   * Interrupts a machine until the admin notices it, and stops a unit in it meanwhile. The admin must learn of that
   * afterwards.
   */
  async function interrupt(vm: MachineName, begin: () => unknown, end: () => unknown): Promise<Outage> {
    const since = observer.changeCount;
    const unit = programUnit(vm);
    const outcomes = async () => {
      const early = await observer.ask(vm);
      await observer.watch.becomes(vm, unit, 'PoweredOff', since);
      const late = await observer.ask(vm);
      await lab.machine(vm).systemctl('stop', web);
      return { early, late };
    };
    await begin();
    const seen = await outcomes().finally(() => end());
    await Promise.all([
      observer.watch.becomes(vm, unit, 'Running', since),
      observer.watch.becomes(vm, web, 'PoweredOff', since),
    ]);
    const changes = observer.changesOf(vm, since);
    await observer.admin.startService({ VmName: vm, ServiceName: web });
    return { ...seen, changes: changes };
  }

  /** Makes calls over a bad network for as long as the other outages last. */
  async function callOverBadNetwork(vm: MachineName, until: Promise<unknown>): Promise<typeof slow> {
    const since = observer.changeCount;
    const machine = lab.machine(vm);
    let isOver = false;
    void until.finally(() => (isOver = true));
    const answers: Answer[] = [];
    // Not every kernel has sch_netem, which could delay each packet by 200 ms.
    await machine.shapeNetwork('tbf rate 64kbit burst 1600 latency 5s');
    await machine.losePackets(10);
    try {
      while (!isOver) answers.push(await observer.ask(vm));
    } finally {
      await machine.losePackets(0);
      await machine.shapeNetwork('');
    }
    return { answers, changes: observer.changesOf(vm, since) };
  }

  beforeAll(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    observer = await Observer.open(lab);
    const since = observer.changeCount;
    const cable = lab.machine('gui-vm');
    const outages = Promise.all([
      interrupt(
        'net-vm',
        () => signalProgram('net-vm', 'SIGSTOP'),
        () => signalProgram('net-vm', 'SIGCONT'),
      ),
      interrupt(
        'gui-vm',
        () => cable.disconnect(),
        () => cable.reconnect(),
      ),
    ]);
    slow = await callOverBadNetwork('chrome-vm', outages);
    [hung, cut] = await outages;
    others = observer.changesOfOthers(['net-vm', 'gui-vm', 'chrome-vm'], since);
  });
  afterAll(() => observer.close());

  const expectedChanges = (vm: MachineName) => [
    `${programUnit(vm)} PoweredOff`,
    `${programUnit(vm)} Running`,
    `${web} PoweredOff`,
  ];

  it.each([
    ['an agent that hangs', 'net-vm', () => hung],
    ['a machine that is cut off', 'gui-vm', () => cut],
  ] as const)(
    'is noticed when it is that of %s, calls fail at once, and afterwards all units are listed',
    (_, vm, outage) => {
      const { early, late, changes: changes } = outage();
      expect(early).toMatchObject({ status: 'UNAVAILABLE', message: expect.stringContaining(vm) });
      expect(late).toMatchObject({ status: 'UNAVAILABLE' });
      expect([...changes].sort()).toEqual(expectedChanges(vm).sort());
    },
  );

  it('is not caused by a slow network that loses each tenth packet: calls take longer, and no agent is lost', () => {
    expect(slow.answers.length).toBeGreaterThan(3);
    expect(new Set(slow.answers.map(({ status }) => status))).toEqual(new Set(['OK']));
    expect(slow.changes).toEqual([]);
  });

  it('does not affect other machines', () => {
    expect(others).toEqual([]);
  });
});
