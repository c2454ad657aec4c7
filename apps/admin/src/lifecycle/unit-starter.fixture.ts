// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type ErrorInfo, type Reason, type UnitStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  newRegistry,
  reporting,
  runningStatus,
  unitNamed,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import { MachineWatches } from './machine-watches.js';
import { UnitStates } from './unit-states.js';
import { UnitStarter } from './unit-starter.js';

/** The VM whose units are started. */
export const vm = vmNamed('net-vm');
const vmUnit = vmEntry('net-vm').unit;

/** The error of a connection to an agent for an error of its channel or of the agent. */
export const failure = (reason: Reason, cause: Reason = reason, info?: string): GivcError => {
  const details: { info?: ErrorInfo } = info ? { info: { reason: info } } : {};
  return new GivcError(reason, 'it failed', { cause: new GivcError(cause, 'it failed', details) });
};
export const lost = failure('UNAVAILABLE');

/** A starter of units in a running VM whose agent reports; each call to the agent stays open until the test ends it. */
export function newStarter() {
  const { store, registration, calls, presence } = newRegistry();
  let reject: (error: GivcError) => void;
  const agents = new FakeAgents(() => new Promise<UnitStatus>((_, rejectCall) => (reject = rejectCall)));
  const states = new UnitStates(calls, presence, agents.connections);
  const machineWatches = new MachineWatches(presence, store, agents.connections);
  const starter = new UnitStarter(calls, agents.connections, machineWatches, states);

  /** Ends the open call with this error. */
  const end = (error: GivcError) => reject(error);
  /** Reports a state of the VM's unit from the host. */
  const becomes = (ActiveState: string, stopRequested = false) =>
    store.put(vmEntry('net-vm', { status: { ...runningStatus(vmUnit), ActiveState }, stopRequested }));
  const settle = () => jest.advanceTimersByTimeAsync(0);

  /** Starts the unit; `outcome` is then `pending`, `done` or the reason of a failure. */
  const start = (unit: string) => {
    const started = { outcome: 'pending' };
    starter.start(vm, unitNamed(unit)).then(
      () => (started.outcome = 'done'),
      (error: GivcError) => (started.outcome = error.reason),
    );
    return started;
  };
  /** The outcome of a start whose call has failed with this error. */
  const outcomeOf = async (unit: string, error: GivcError) => {
    const started = start(unit);
    await settle();
    end(error);
    await settle();
    return started.outcome;
  };

  store.put(agentEntry('host', {}, 'Host'));
  store.put(agentEntry('net-vm', { bootId: 'first', presence: reporting() }));
  becomes('active');
  return { store, registration, agents, starter, end, becomes, settle, start, outcomeOf };
}
