// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeAgents } from '../agents/agents.fixture.js';
import type { VmService } from '../lifecycle/vm.service.js';
import type { PresenceService } from '../presence/presence.service.js';
import { agentEntry, newRegistry, runningStatus, unitEntry, vmNamed } from '../registry/registry.fixture.js';
import type { WatchService } from '../registry/watch.service.js';
import { PollingService } from './polling.service.js';

const vm = vmNamed('net-vm');

describe('the polling of an agent after a restart of the admin or a loss', () => {
  let presence: PresenceService;
  let polling: PollingService;
  /** Each poll of a unit, as `UNIT at MILLISECONDS`. */
  let polled: string[];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    polled = [];
    const made = newRegistry();
    ({ presence } = made);
    const { connections } = new FakeAgents(({ unit }) => {
      polled.push(`${unit} at ${performance.now()}`);
      return Promise.resolve(runningStatus(unit));
    });
    const [watches, vms] = [{ count: 0 } as WatchService, { isWaiting: false } as VmService];
    polling = new PollingService(made.calls, made.store, presence, connections, watches, vms);
    made.store.put(unitEntry('net-vm', 'web.service'));
    connections.connection(vm);
  });
  afterEach(() => {
    polling.onApplicationShutdown();
    jest.useRealTimers();
  });

  it.each(['restored', 'lost'] as const)(
    'asks an agent that reported before only whether it answers while it is %s, and polls its units later',
    async (state) => {
      presence.addAgent(agentEntry('net-vm', { bootId: 'boot' }), state === 'lost' ? 'reported' : 'restored');
      if (state === 'lost') presence.handle(vm, { kind: 'streamEnded' });
      await jest.advanceTimersByTimeAsync(5_000);
      expect(presence.of(vm)?.state).toBe('polled');
      expect(polled).toEqual(['givc-net-vm.service at 0', 'web.service at 5000']);
    },
  );

  it('polls the units of a restored agent that never reported at once', async () => {
    presence.addAgent(agentEntry('net-vm'), 'restored');
    await jest.advanceTimersByTimeAsync(0);
    expect(polled).toEqual(['web.service at 0']);
  });
});
