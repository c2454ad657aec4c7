// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import { agentEntry, failedStatus, reporting, runningStatus, vmEntry } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import { StartedVm, track, unit, vm } from './vm.fixture.js';

const isRunning = runningStatus(unit);
const settled = () => jest.advanceTimersByTimeAsync(0);
const rejection = (reason: string, message: string) => expect.objectContaining({ reason, message }) as Error;

describe('the start of a VM whose agent does not register', () => {
  let started: StartedVm;

  beforeEach(() => {
    jest.useFakeTimers();
    started = new StartedVm();
  });
  afterEach(() => jest.useRealTimers());

  it.each([
    ['seconds', 120_000, '120'],
    ['fractions of a second', 200, '0.2'],
  ])(
    'fails when the agent has not registered within the limit, which the error gives in %s',
    async (_, limitMs, named) => {
      started = new StartedVm(limitMs);
      const start = track(started.vms.start(vm));
      await settled();
      started.answer(isRunning);
      await jest.advanceTimersByTimeAsync(limitMs - 1);
      expect(start.outcome).toBe('waits');
      await jest.advanceTimersByTimeAsync(1);
      expect(start.outcome).toEqual(
        rejection(
          'DEADLINE_EXCEEDED',
          `VM "app-vm" was started, but givc-app-vm.service has not registered within ${named} s`,
        ),
      );
      expect(started.starts).toHaveLength(1);
      expect(started.vms.isWaiting).toBe(false);
    },
  );

  it('fails without a start when the agent of a running VM does not register in time', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    const start = track(started.vms.start(vm));
    await jest.advanceTimersByTimeAsync(120_000);
    expect(start.outcome).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(started.starts).toEqual([]);
  });

  it('fails when the unit has left the registry while the agent was awaited', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    const start = track(started.vms.start(vm));
    await settled();
    started.store.remove(keyOf(vmEntry('app-vm')));
    await jest.advanceTimersByTimeAsync(120_000);
    expect(start.outcome).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it.each([
    ['failed', failedStatus(unit), 'VM "app-vm" has failed before its agent registered'],
    ['inactive', stoppedStatus(unit), 'VM "app-vm" has been stopped before its agent registered'],
  ])('fails at once when the unit has become %s', async (_, status, message) => {
    const start = track(started.vms.start(vm));
    await settled();
    started.report(isRunning);
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toBe('waits');
    started.report(status);
    await settled();
    expect(start.outcome).toEqual(rejection('FAILED_PRECONDITION', message));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('fails at once when the failure was reported before the host answers', async () => {
    const start = track(started.vms.start(vm));
    await settled();
    started.report(isRunning);
    started.report(failedStatus(unit));
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('fails at once when the end of the VM was reported before the host answers that it runs', async () => {
    started.store.put(agentEntry('host', { presence: reporting() }, 'Host'));
    const start = track(started.vms.start(vm));
    await settled();
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toEqual(
      rejection('FAILED_PRECONDITION', 'VM "app-vm" has been stopped before its agent registered'),
    );
  });

  it('keeps waiting when the VM is only stopping, or when an earlier run has ended', async () => {
    started.store.put(vmEntry('app-vm', { status: runningStatus(unit, { ActiveState: 'deactivating' }) }));
    const start = track(started.vms.start(vm));
    await settled();
    started.report(stoppedStatus(unit));
    started.report(isRunning);
    started.report(runningStatus(unit, { ActiveState: 'deactivating' }));
    started.answer(isRunning);
    await settled();
    expect(start.outcome).toBe('waits');
  });

  it('boots the VM when it ends while its agent is awaited', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    const start = track(started.vms.start(vm));
    await settled();
    expect(started.starts).toEqual([]);
    started.report(failedStatus(unit));
    await settled();
    expect(started.starts).toHaveLength(1);
    started.report(isRunning);
    started.answer(isRunning);
    started.registerAgent();
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('fails when the VM is stopped through the admin while its agent is awaited', async () => {
    started.store.put(vmEntry('app-vm', { status: isRunning }));
    const start = track(started.vms.start(vm));
    await settled();
    started.vms.setDesiredState(vm, 'down');
    started.report(stoppedStatus(unit));
    await settled();
    expect(started.starts).toEqual([]);
    expect(start.outcome).toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('fails when the VM was stopped through the admin before its host reports that it is down', async () => {
    const start = track(started.vms.start(vm));
    started.vms.setDesiredState(vm, 'down');
    await settled();
    expect(started.starts).toEqual([]);
    expect(start.outcome).toEqual(rejection('FAILED_PRECONDITION', 'VM "app-vm" has been stopped meanwhile'));
  });

  it('waits for the agent without a start when a host that does not report answers that the VM is up', async () => {
    const { answer } = started.agents;
    started.agents.answer = (question) =>
      question.call === 'unitStatus' ? Promise.resolve(isRunning) : answer(question);
    const start = track(started.vms.start(vm));
    await settled();
    expect(started.starts).toEqual([]);
    started.registerAgent();
    await settled();
    expect(start.outcome).toBe('givc-app-vm.service');
  });

  it('does nothing when the agent is present and the state of the host is old', async () => {
    started.registerAgent();
    started.agents.answer = () => Promise.resolve(isRunning);
    expect(await started.vms.start(vm)).toBe('givc-app-vm.service');
    expect(started.starts).toEqual([]);
  });

  it('leaves no timer and no listener behind, however it ends', async () => {
    let listeners = 0;
    /** Counts the listeners of this method that have not stopped. */
    const count = <Listener>(subscribe: (listener: Listener) => () => void) => {
      return (listener: Listener) => {
        const stop = subscribe(listener);
        listeners++;
        return () => {
          listeners--;
          stop();
        };
      };
    };
    const { store, presence } = started;
    const [onPut, onTransition] = [count(store.onPut.bind(store)), count(presence.onTransition.bind(presence))];
    jest.spyOn(store, 'onPut').mockImplementation(onPut);
    jest.spyOn(presence, 'onTransition').mockImplementation(onTransition);
    for (const end of [() => started.registerAgent(), () => started.report(failedStatus(unit))]) {
      started.store.put(vmEntry('app-vm'));
      const start = track(started.vms.start(vm));
      await settled();
      started.report(isRunning);
      started.answer(isRunning);
      await settled();
      expect([start.outcome, listeners]).toEqual(['waits', 2]);
      end();
      await settled();
      expect(start.outcome).not.toBe('waits');
      expect([listeners, jest.getTimerCount()]).toEqual([0, 0]);
      started.store.removeMachine(vm);
    }
  });
});
