// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';
import { agentEntry, agentRegistration, runningStatus, unitNamed } from '../registry/registry.fixture.js';
import { failure, lost, newStarter, vm } from './unit-starter.fixture.js';

describe('the start of a unit', () => {
  let { store, registration, agents, starter, end, becomes, settle, start, outcomeOf } = newStarter();

  beforeEach(() => {
    jest.useFakeTimers();
    ({ store, registration, agents, starter, end, becomes, settle, start, outcomeOf } = newStarter());
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const registers = (bootId: string) =>
    registration.register(agentRegistration('net-vm', { bootId }), { peer: undefined, reports: false });

  describe('by an agent that does not report', () => {
    const calls = () => agents.asked.map(({ call }) => call);
    const startOf = async (unit: string, ActiveState: string, SubState: string) => {
      store.put(agentEntry('net-vm'));
      const status = { ...runningStatus(unitNamed(unit)), ActiveState, SubState };
      agents.answer = () => Promise.resolve(status);
      await starter.start(vm, unitNamed(unit));
    };

    it.each([
      ['active', 'running', false],
      ['reloading', 'reload', false],
      ['inactive', 'dead', true],
      ['failed', 'failed', true],
      ['activating', 'start', true],
      ['deactivating', 'stop-sigterm', true],
      // A oneshot with RemainAfterExit= is started each time.
      ['active', 'exited', true],
    ])('requests the state first and, when that is %s (%s), starts the unit: %s', async (active, sub, isCalled) => {
      await startOf('web.service', active, sub);
      expect(calls()).toEqual(['unitStatus', ...(isCalled ? ['startUnit'] : [])]);
    });

    it('calls the agent at once for a unit that shuts the machine down or suspends it', async () => {
      await startOf('poweroff.target', 'active', 'running');
      await startOf('suspend.target', 'active', 'running');
      expect(calls()).toEqual(['startUnit', 'startUnit']);
    });

    it('fails when the agent is lost before the start is tried, even when the machine ends', async () => {
      store.put(agentEntry('net-vm'));
      const started = start('web.service');
      await settle();
      becomes('inactive');
      end(lost);
      await settle();
      expect(started.outcome).toBe('UNAVAILABLE');
    });
  });

  describe('of a unit that shuts the machine down', () => {
    it.each<[string, GivcError]>([
      ['the connection has ended before the answer', lost],
      ['the connection was closed', failure('UNAVAILABLE', 'CANCELLED')],
      ['the agent has lost its bus after systemd took the job', failure('UNAVAILABLE', 'UNAVAILABLE', 'JOB_ACCEPTED')],
      ['the agent reports that the machine is going down', failure('UNAVAILABLE', 'UNAVAILABLE', 'MACHINE_STOPPING')],
    ])('succeeds when %s', async (_, error) => {
      for (const unit of ['poweroff.target', 'reboot.target', 'systemd-halt.service'])
        expect(await outcomeOf(unit, error)).toBe('done');
    });

    it.each<[string, GivcError]>([
      ['the agent rejects', failure('PERMISSION_DENIED')],
      ['systemd knows no such unit', failure('NOT_FOUND')],
      ['its job fails', failure('FAILED_PRECONDITION')],
      ['the agent does not answer', failure('UNAVAILABLE', 'DEADLINE_EXCEEDED')],
      ['systemd could not be reached', failure('UNAVAILABLE', 'UNAVAILABLE', 'SYSTEMD_AWAY')],
    ])('fails when %s', async (_, error) => {
      expect(await outcomeOf('poweroff.target', error)).toBe(error.reason);
    });

    it('fails when the agent could not be reached', async () => {
      agents.isReachable = false;
      expect(await outcomeOf('poweroff.target', lost)).toBe('UNAVAILABLE');
    });

    it.each(['deactivating', 'inactive', 'failed'])(
      'succeeds without an answer when the host has reported that the machine is %s',
      async (state) => {
        for (const error of [failure('UNAVAILABLE', 'DEADLINE_EXCEEDED'), failure('FAILED_PRECONDITION')]) {
          becomes('active');
          const started = start('poweroff.target');
          await settle();
          becomes(state);
          end(error);
          await settle();
          expect(started.outcome).toBe('done');
        }
      },
    );

    it('succeeds when the machine is already going down and its agent is lost, unless the agent rejects the call', async () => {
      becomes('deactivating');
      expect(await outcomeOf('poweroff.target', failure('PERMISSION_DENIED'))).toBe('PERMISSION_DENIED');
      agents.isReachable = false;
      expect(await outcomeOf('poweroff.target', lost)).toBe('done');
      expect(await outcomeOf('web.service', lost)).toBe('UNAVAILABLE');
    });
  });

  describe('of a unit that may end the machine', () => {
    const unit = 'update.service';

    it('succeeds when the machine ends by itself', async () => {
      expect(await outcomeOf(unit, failure('UNAVAILABLE', 'UNAVAILABLE', 'MACHINE_STOPPING'))).toBe('done');
      const started = start(unit);
      await settle();
      end(lost);
      await settle();
      becomes('deactivating');
      await jest.advanceTimersByTimeAsync(29_000);
      expect(started.outcome).toBe('pending');
      becomes('inactive');
      await settle();
      expect(started.outcome).toBe('done');
    });

    it('succeeds when the machine has ended before the end of the connection is noticed', async () => {
      const started = start(unit);
      await settle();
      becomes('inactive');
      end(lost);
      await settle();
      expect(started.outcome).toBe('done');
    });

    it.each<[string, () => unknown, string]>([
      ['was stopped', () => becomes('inactive', true), 'UNAVAILABLE'],
      ['has crashed', () => becomes('failed'), 'UNAVAILABLE'],
      ['has booted again', () => registers('second'), 'done'],
      ['goes on, as its agent reports', () => registers('first'), 'UNAVAILABLE'],
    ])('has the outcome of the machine, which %s', async (_, happen, outcome) => {
      const started = start(unit);
      await settle();
      // Reports of the agent from before the end of the connection are ignored.
      registers('first');
      end(lost);
      await settle();
      expect(started.outcome).toBe('pending');
      happen();
      await settle();
      expect(started.outcome).toBe(outcome);
    });

    it('fails after 30 s without a change', async () => {
      const started = start(unit);
      await settle();
      end(lost);
      await jest.advanceTimersByTimeAsync(29_999);
      expect(started.outcome).toBe('pending');
      await jest.advanceTimersByTimeAsync(1);
      expect(started.outcome).toBe('UNAVAILABLE');
    });

    it.each<[string, GivcError]>([
      ['does not answer', failure('UNAVAILABLE', 'DEADLINE_EXCEEDED')],
      ['reports a failure', failure('FAILED_PRECONDITION')],
    ])('fails at once when the agent %s', async (_, error) => {
      expect(await outcomeOf(unit, error)).toBe(error.reason);
    });
  });
});
