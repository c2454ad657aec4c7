// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { agentUnit, GivcError, isAlive, unknownVm, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { isPresent } from '../registry/agent-presence.js';
import { startsRun, PresenceService } from '../presence/presence.service.js';
import type { AgentEntry, RegistryEntry } from '../registry/registry-entry.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { RegistryStore } from '../registry/registry-store.js';
import { UnitCalls } from '../registry/unit-calls.js';
import { LifecycleConfig } from './lifecycle.config.js';
import { UnitStates } from './unit-states.js';

/** Whether a VM runs. One that is stopping counts as down: systemd starts it again after it has stopped. */
const isUp = (status: UnitStatus): boolean => isAlive(status) && status.ActiveState !== 'deactivating';

/** The wait for the boot of a VM. */
interface Boot {
  readonly registered: Promise<AgentEntry>;
  /** The host has started the VM: later states of its unit belong to this boot. */
  begin(): void;
  /** Takes a state of the VM's unit into account. */
  observe(status: UnitStatus): void;
  cancel(): void;
}

/** Starts VMs through the units of the host that run them. */
@Injectable()
export class VmService {
  /** Callers that start the same VM share one start; it goes on when a caller hangs up. */
  readonly #starting = new Map<VmName, Promise<AgentEntry>>();
  readonly #desiredDown = new Set<VmName>();

  constructor(
    private readonly lookup: RegistryLookup,
    private readonly calls: UnitCalls,
    private readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly states: UnitStates,
    private readonly config: LifecycleConfig,
    private readonly log: Log,
  ) {}

  /** Whether a start of a VM is in progress. */
  get isWaiting(): boolean {
    return this.#starting.size > 0;
  }

  /** Whether the desired state of a VM is `down`: it was stopped through this admin and not started since. */
  isDesiredDown(vm: VmName): boolean {
    return this.#desiredDown.has(vm);
  }

  /** Called when the unit of a VM is started or stopped by name, or the VM is powered off. */
  setDesiredState(vm: VmName, state: 'up' | 'down'): void {
    if (state === 'down') this.#desiredDown.add(vm);
    else this.#desiredDown.delete(vm);
  }

  /** Resolves with the registry name of the VM's agent once the VM runs and its agent is there. */
  async start(vm: VmName): Promise<UnitName> {
    const entry = this.store.vmEntry(vm);
    if (!entry) throw unknownVm(vm);
    // The admin's own VM runs no agent that could register.
    if (entry.type.vm !== 'AdmVM' || !isUp(entry.status)) await this.agentOf(vm);
    return agentUnit(vm);
  }

  /** The agent of a machine; its VM is started first when it is down. */
  agentOf(vm: VmName): Promise<AgentEntry> {
    const running = this.#running(vm);
    if (running) return Promise.resolve(running);
    const unit = this.store.vmEntry(vm);
    // No unit can be started: rejects as the registry does.
    if (!unit) return new Promise((resolve) => resolve(this.lookup.agentOf(vm)));
    let start = this.#starting.get(vm);
    if (!start) {
      start = this.#start(vm, unit).finally(() => this.#starting.delete(vm));
      this.#starting.set(vm, start);
    }
    return start;
  }

  #running(vm: VmName): AgentEntry | undefined {
    const unit = this.store.vmEntry(vm);
    const agent = this.store.agent(vm);
    return isPresent(agent?.presence) && (!unit || isUp(unit.status)) ? agent : undefined;
  }

  async #start(vm: VmName, known: RegistryEntry): Promise<AgentEntry> {
    this.setDesiredState(vm, 'up');
    const bootBefore = this.store.agent(vm)?.bootId;
    await this.states.refresh(known.machine, known.unit);
    if (this.isDesiredDown(vm)) throw new GivcError('FAILED_PRECONDITION', `VM "${vm}" has been stopped meanwhile`);
    const unit = this.store.vmEntry(vm) ?? known;
    const running = this.#running(vm);
    if (running) return running;
    const mustBoot = !isUp(unit.status);
    // Subscribed before the start: the agent may register before the host's answer arrives.
    const boot = this.#boot(vm, mustBoot ? { bootBefore } : undefined);
    try {
      if (mustBoot) {
        this.log.info('starting VM', { vm });
        const host = await this.agents.forLongCall(unit.machine);
        const status = await this.calls.command(unit.machine, unit.unit, () => host.startUnit(unit.unit));
        boot.begin();
        boot.observe(status);
        // The unit may have ended since. Its agent may have reported that before it answered, or not at all.
        boot.observe(this.store.vmEntry(vm)?.status ?? status);
      }
      return await boot.registered;
    } catch (error) {
      // A VM that was up when the wait began and has ended since has to be started.
      const now = this.store.vmEntry(vm);
      if (mustBoot || !now || isUp(now.status) || this.isDesiredDown(vm)) throw error;
      return await this.#start(vm, now);
    } finally {
      boot.cancel();
    }
  }

  /**
   * Waits for the agent of the VM, in another boot than `bootBefore`. Rejects with FAILED_PRECONDITION when the VM's
   * unit ends first, and with DEADLINE_EXCEEDED after the configured limit.
   */
  #boot(vm: VmName, mustBoot: { readonly bootBefore: string | undefined } | undefined): Boot {
    const limitMs = this.config.bootLimitMs;
    // Earlier states of the unit belong to the run before.
    let hasBegun = mustBoot === undefined;
    let hasLeft = false;
    let observe: Boot['observe'] = () => {};
    let cancel = () => {};
    const registered = new Promise<AgentEntry>((resolve, reject) => {
      observe = (status) => {
        if (isUp(status)) hasBegun = true;
        else if (hasBegun && !isAlive(status))
          reject(new GivcError('FAILED_PRECONDITION', `VM "${vm}" has ${ended(status)} before its agent registered`));
      };
      const ofUnit = this.store.onPut((entry) => {
        if (entry.type.service === 'VM' && entry.vm === vm) observe(entry.status);
      });
      const ofAgent = this.presence.onTransition((transition) => {
        if (transition.vm !== vm) return;
        // It leaves when the unit of the VM has ended; what registers then is another boot, also in a container, which
        // may have the boot id of its host.
        hasLeft ||= transition.after === undefined;
        if (!startsRun(transition)) return;
        const entry = this.lookup.agentOf(vm);
        if (hasLeft || !mustBoot?.bootBefore || entry.bootId !== mustBoot.bootBefore) resolve(entry);
      });
      const limit = new Timeout(
        limitMs,
        () =>
          reject(
            new GivcError(
              'DEADLINE_EXCEEDED',
              `VM "${vm}" was started, but ${agentUnit(vm)} has not registered within ${limitMs / 1_000} s`,
            ),
          ),
        { unref: true },
      );
      cancel = () => {
        ofUnit();
        ofAgent();
        limit.cancel();
      };
    });
    registered.catch(() => undefined);
    return { registered, begin: () => (hasBegun = true), observe, cancel };
  }
}

const ended = ({ ActiveState }: UnitStatus): string => (ActiveState === 'failed' ? 'failed' : 'been stopped');
