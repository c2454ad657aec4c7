// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus, type UnitStatus } from '@givc/model';
import { failedStatus, unitNamed } from '../registry/registry.fixture.js';
import { failure, lost, newStarter, vm } from './unit-starter.fixture.js';

const dayMs = 24 * 60 * 60 * 1_000;

describe('the start of a unit that suspends the machine', () => {
  let { agents, end, becomes, settle, start, outcomeOf } = newStarter();

  beforeEach(() => {
    jest.useFakeTimers();
    ({ agents, end, becomes, settle, start, outcomeOf } = newStarter());
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const unit = 'suspend.target';
  const sleeping = async () => {
    const started = start(unit);
    await settle();
    agents.isReachable = false;
    end(lost);
    await settle();
    expect(started.outcome).toBe('pending');
    return started;
  };
  const wakesUp = async (status: UnitStatus) => {
    agents.answer = () => Promise.resolve(status);
    agents.isReachable = true;
    agents.become(vm, 'READY');
    await settle();
  };

  it('waits for up to a day', async () => {
    for (const name of [unit, 'gpu-suspend.service', 'web.service']) start(name);
    await settle();
    expect(agents.asked.map(({ deadlineMs }) => deadlineMs)).toEqual([dayMs, dayMs, undefined]);
  });

  it('succeeds when the machine is back, however long it slept', async () => {
    const started = await sleeping();
    await jest.advanceTimersByTimeAsync(dayMs - 1);
    await wakesUp(stoppedStatus(unitNamed(unit)));
    expect(started.outcome).toBe('done');
    expect(agents.asked.at(-1)).toMatchObject({ call: 'unitStatus', unit });
  });

  it('fails when the unit has failed, or when the machine has ended or does not come back', async () => {
    const failed = await sleeping();
    await wakesUp(failedStatus(unitNamed(unit)));
    expect(failed.outcome).toBe('UNAVAILABLE');
    agents.answer = () => new Promise<UnitStatus>((_, reject) => (end = reject));
    const ended = await sleeping();
    becomes('inactive');
    await settle();
    expect(ended.outcome).toBe('UNAVAILABLE');
    becomes('active');
    agents.isReachable = true;
    const away = await sleeping();
    await jest.advanceTimersByTimeAsync(dayMs);
    expect(away.outcome).toBe('UNAVAILABLE');
  });

  it('keeps waiting when the machine is lost again before it answers', async () => {
    const started = await sleeping();
    agents.answer = () => Promise.reject(lost);
    agents.become(vm, 'READY');
    await settle();
    expect(started.outcome).toBe('pending');
    await wakesUp(stoppedStatus(unitNamed(unit)));
    expect(started.outcome).toBe('done');
  });

  it('fails at once when the machine is back without reporting the state of the unit', async () => {
    const started = await sleeping();
    agents.answer = () => Promise.reject(failure('PERMISSION_DENIED'));
    agents.isReachable = true;
    agents.become(vm, 'READY');
    await settle();
    expect(started.outcome).toBe('PERMISSION_DENIED');
  });

  it('fails when the machine shuts down instead', async () => {
    expect(await outcomeOf(unit, failure('UNAVAILABLE', 'UNAVAILABLE', 'MACHINE_STOPPING'))).toBe('UNAVAILABLE');
  });
});
