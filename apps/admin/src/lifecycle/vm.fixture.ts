// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  agentRegistration,
  newRegistry,
  vmEntry,
  vmNamed,
  vmRegistration,
} from '../registry/registry.fixture.js';
import { UnitStates } from './unit-states.js';
import { VmService } from './vm.service.js';

/** The VM that is started, and the unit of the host that runs it. */
export const vm = vmNamed('app-vm');
export const { unit } = vmEntry('app-vm');

/** A host that does not report, whose answers to starts the test controls, and a stopped VM of that host. */
export class StartedVm {
  readonly #made;
  readonly agents: FakeAgents;
  readonly vms: VmService;
  /** Answers the last start. */
  answer!: (outcome: UnitStatus | Error) => void;

  constructor(bootLimitMs = 120_000) {
    this.#made = newRegistry({ bootLimitMs });
    const { store, lookup, calls, presence, config, log } = this.#made;
    this.agents = new FakeAgents(({ call, vm: machine, unit: asked }) =>
      call === 'unitStatus'
        ? Promise.resolve(store.get(machine, asked)!.status)
        : new Promise((resolve, reject) => {
            this.answer = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
          }),
    );
    const states = new UnitStates(calls, presence, this.agents.connections);
    this.vms = new VmService(lookup, calls, store, presence, this.agents.connections, states, config, log);
    store.put(agentEntry('host', {}, 'Host'));
    store.put(vmEntry('app-vm'));
  }

  get store() {
    return this.#made.store;
  }

  get presence() {
    return this.#made.presence;
  }

  get registration() {
    return this.#made.registration;
  }

  get lines(): readonly string[] {
    return this.#made.lines;
  }

  /** The starts that the host was asked for, as `MACHINE UNIT`. */
  get starts(): string[] {
    return this.agents.asked.filter(({ call }) => call === 'startUnit').map(({ vm, unit }) => `${vm} ${unit}`);
  }

  /** The host reports a state of the unit that runs the VM. */
  report(status: UnitStatus): void {
    this.registration.register(vmRegistration('app-vm', status), { peer: undefined, reports: true });
  }

  /** The agent of the VM registers. */
  registerAgent(bootId?: string, reports = true): void {
    const fields = bootId === undefined ? {} : { bootId };
    this.registration.register(agentRegistration('app-vm', fields), { peer: undefined, reports });
  }
}

/** The state of a promise: `waits`, the value that it resolved with, or the error. */
export function track(promise: Promise<unknown>): { outcome: unknown } {
  const tracked: { outcome: unknown } = { outcome: 'waits' };
  promise.then(
    (value) => (tracked.outcome = value),
    (error: unknown) => (tracked.outcome = error),
  );
  return tracked;
}
