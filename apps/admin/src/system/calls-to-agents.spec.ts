// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import { MachineWatches } from '../lifecycle/machine-watches.js';
import { UnitStarter } from '../lifecycle/unit-starter.js';
import { UnitStates } from '../lifecycle/unit-states.js';
import { NotifyService } from '../notify/notify.service.js';
import { agentEntry, newRegistry, vmNamed } from '../registry/registry.fixture.js';
import { PowerService } from './power.service.js';
import { StatsService } from './stats.service.js';

const netVm = vmNamed('net-vm');
const never = { caller: 'gui-vm', signal: new AbortController().signal };

describe('a call that is passed on to an agent', () => {
  let agents: FakeAgents;
  let power: PowerService;
  let statistics: StatsService;
  let users: NotifyService;
  let answer: object;

  beforeEach(() => {
    const { lookup, calls, store, presence, log } = newRegistry({ hostName: vmNamed('host') });
    store.put(agentEntry('net-vm'));
    store.put(agentEntry('host', { type: { vm: 'Host', service: 'Mgr' } }));
    agents = new FakeAgents(({ unit }) => Promise.resolve(stoppedStatus(unit)));
    agents.answerCall = () => Promise.resolve(answer);
    const machineWatches = new MachineWatches(presence, store, agents.connections);
    const states = new UnitStates(calls, presence, agents.connections);
    power = new PowerService(lookup, new UnitStarter(calls, agents.connections, machineWatches, states), log);
    statistics = new StatsService(lookup, agents.connections);
    users = new NotifyService(agents.connections);
  });

  it('waits 5 s for the statistics of the named machine', async () => {
    answer = { Load: { Load1Min: 1, Load5Min: 2, Load15Min: 3 } };
    expect(await statistics.stats(netVm)).toEqual(answer);
    expect(agents.calls).toMatchObject([{ vm: 'net-vm', settings: { deadlineMs: 5_000 } }]);
  });

  it('waits 10 s for the system information, which the host returns', async () => {
    answer = { GhafVersion: '25.09', SecureBoot: true };
    expect(await statistics.sysinfo()).toEqual(answer);
    expect(agents.calls).toMatchObject([{ vm: 'host', settings: { deadlineMs: 10_000 } }]);
  });

  it('waits 5 s for a notification, and names the key that enables it', async () => {
    const notification = { Event: 'e', Title: 't', Urgency: 1, Icon: 'i', Message: 'm' };
    answer = { Status: 'Ok' };
    expect(await users.notify({ vm: netVm, notification }, never)).toEqual(answer);
    expect(agents.calls).toEqual([
      {
        vm: 'net-vm',
        path: '/notify.UserNotificationService/NotifyUser',
        request: notification,
        settings: { deadlineMs: 5_000, enabledBy: 'capabilities.notifier.enable' },
      },
    ]);
  });

  it('passes on only the valid parts of an answer', async () => {
    const long = '\n'.repeat(4e6);
    const processes = Array.from({ length: 1_000 }, () => ({ Name: long, User: 1, Sys: 2, ResSetSize: 3 }));
    answer = { Process: { CpuProcesses: processes, MemProcesses: processes, Total: 7 } };
    const { Process } = await statistics.stats(netVm);
    for (const list of [Process!.CpuProcesses, Process!.MemProcesses])
      expect(list).toEqual(Array(256).fill({ Name: '�'.repeat(256), User: 1, Sys: 2, ResSetSize: 3 }));
    expect(Process!.Total).toBe(7);
    answer = { GhafVersion: long };
    expect(await statistics.sysinfo()).toEqual({ GhafVersion: '�'.repeat(256) });
    answer = { Status: long };
    const notification = { Event: 'e', Title: 't', Urgency: 1, Icon: 'i', Message: 'm' };
    expect(await users.notify({ vm: netVm, notification }, never)).toEqual({ Status: '�'.repeat(256) });
  });

  it('waits a day for the host to suspend and to wake up', async () => {
    await power.suspend();
    expect(agents.asked).toEqual([
      { vm: 'host', call: 'startUnit', unit: 'suspend.target', deadlineMs: 24 * 60 * 60 * 1_000 },
    ]);
  });

  it('fails when the host cannot be reached to suspend', async () => {
    agents.isReachable = false;
    agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'gone'));
    await expect(power.suspend()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });

  describe.each(['poweroff', 'reboot'] as const)('that is to %s the host', (verb) => {
    it('starts the target of systemd for the transition', async () => {
      await power[verb]();
      expect(agents.asked).toEqual([{ vm: 'host', call: 'startUnit', unit: `${verb}.target` }]);
    });

    it('succeeds when the agent ends before it answers', async () => {
      agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'gone'));
      await expect(power[verb]()).resolves.toBeUndefined();
    });

    it('fails when the agent could not be reached before the call', async () => {
      agents.isReachable = false;
      agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'gone'));
      await expect(power[verb]()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    });

    it.each(['PERMISSION_DENIED', 'FAILED_PRECONDITION'] as const)(
      'fails when the agent answers %s',
      async (reason) => {
        agents.answer = () => Promise.reject(new GivcError(reason, 'no'));
        await expect(power[verb]()).rejects.toMatchObject({ reason });
      },
    );
  });
});
