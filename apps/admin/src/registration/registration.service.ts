// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { fieldError, sameEndpoint, vmOfAgentUnit } from '@givc/model';
import { Log } from '@givc/log';
import { assertEndpointAllowed } from './endpoint-rights.js';
import { HostElection } from '../registry/host-election.js';
import { MachineLog } from '../registry/machine-log.js';
import { PresenceService, type RegisteredAgent } from '../presence/presence.service.js';
import type { RegistryEntry, UnitEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { assertMayRegister } from './registration-rights.js';
import { RegistrationThrottle } from './registration-throttle.js';
import type { AgentRegistration, Registrant, Registration, UnitRegistration } from './registration.js';
import { RegistrationConfig } from './registration.config.js';
import { UnitRecorder } from '../registry/unit-recorder.js';

/** Registers agents and their units, by RegisterService and by report streams. */
@Injectable()
export class RegistrationService {
  readonly #throttle: RegistrationThrottle;

  constructor(
    private readonly store: RegistryStore,
    private readonly units: UnitRecorder,
    private readonly presence: PresenceService,
    private readonly hostElection: HostElection,
    private readonly config: RegistrationConfig,
    private readonly machineLog: MachineLog,
    log: Log,
  ) {
    this.#throttle = new RegistrationThrottle((...what) => this.#register(...what, { mayWait: false }), log);
    presence.onTransition(({ vm, after }) => {
      if (!after) this.#throttle.forget(vm);
    });
  }

  /**
   * Registers an agent or one of its units, and returns whether it was unknown or has another endpoint now. An agent
   * whose endpoint changes repeatedly is registered with a delay. PERMISSION_DENIED when the caller may not register
   * it, NOT_FOUND when it names an unknown agent.
   */
  register(registration: Registration, registrant: Registrant): boolean {
    return this.#register(registration, registrant, { mayWait: true });
  }

  #register(registration: Registration, registrant: Registrant, { mayWait }: { readonly mayWait: boolean }): boolean {
    this.#assertAllowed(registration, registrant);
    return registration.kind === 'agent'
      ? this.#registerAgent(registration, registrant, mayWait)
      : this.#registerUnit(registration);
  }

  #assertAllowed(registration: Registration, registrant: Registrant): void {
    const hostName = this.hostElection.name;
    if (registration.kind === 'agent')
      assertEndpointAllowed(registration.endpoint, registrant, this.config.agentSockets);
    if (registrant.peer)
      assertMayRegister(registration, registrant.peer, {
        adminName: this.config.name,
        hostName,
        agentOf: (vm) => this.store.agent(vm),
      });
    if (registration.kind === 'agent' && (registration.type.vm === 'Host' || registration.vm === hostName))
      this.hostElection.claim(registration.vm, registrant);
  }

  #registerAgent(registration: AgentRegistration, registrant: Registrant, mayWait: boolean): boolean {
    const { unit, type, status, vm, endpoint, bootId } = registration;
    const agent: RegisteredAgent = {
      unit,
      type,
      status,
      vm,
      machine: vm,
      agent: unit,
      endpoint,
      bootId,
      certifiedAt: registrant.peer?.notBefore,
      revision: this.store.nextRevision(),
    };
    const known = this.store.agent(vm);
    if (mayWait && this.#throttle.holds(known, agent, { registration, registrant })) return false;
    this.presence.addAgent(agent, registrant.reports ? 'reported' : 'registered');
    return this.#logNew(agent, known) || !sameEndpoint(known?.endpoint, endpoint);
  }

  #registerUnit(registration: UnitRegistration): boolean {
    const { unit, type, status, ending } = registration;
    const parent = this.store.get(vmOfAgentUnit(registration.agent)!, registration.agent);
    if (!parent) throw fieldError('NOT_FOUND', 'Parent', `the agent "${registration.agent}" is not registered`);
    // All entries of a machine share its strings.
    const { machine, unit: agent } = parent;
    const vm = registration.kind === 'vm' ? registration.vm : machine;
    const entry: UnitEntry = { unit, type, status, vm, machine, agent, revision: this.store.nextRevision() };
    const known = this.store.get(machine, unit);
    this.units.record(entry, ending);
    return this.#logNew(entry, known);
  }

  /** Returns whether the entry is new. */
  #logNew({ machine, unit, vm, type }: RegisteredAgent | UnitEntry, known: RegistryEntry | undefined): boolean {
    if (!known) this.machineLog.info(machine, 'registered', { unit, vm, type: type.service });
    return !known;
  }
}
