import { Injectable } from '@nestjs/common';
import { agentUnit, GivcError, isAlive, unknownVm, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { isPresent } from '../registry/presence.js';
import { startsRun, PresenceService } from '../registry/presence.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import { LifecycleConfig } from './lifecycle.config.js';
import { UnitStates } from './unit-states.js';

/** A VM on its way down has to be started, which systemd does once it is down. */
const isUp = (status: UnitStatus): boolean => isAlive(status) && status.ActiveState !== 'deactivating';

/** A VM that is waited for. */
interface Boot {
  readonly registered: Promise<RegistryEntry>;
  /** The host has started it: what its unit becomes from now on is of this boot. */
  begin(): void;
  /** Takes note of a state of the VM's unit. */
  tell(status: UnitStatus): void;
  cancel(): void;
}

/** Starts VMs through the units of the host that run them. */
@Injectable()
export class VmService {
  /** Who starts a VM that somebody already starts waits for the same start; one who leaves undoes nothing. */
  readonly #starting = new Map<VmName, Promise<RegistryEntry>>();
  readonly #meantToBeDown = new Set<VmName>();

  constructor(
    private readonly registry: RegistryService,
    private readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly states: UnitStates,
    private readonly config: LifecycleConfig,
    private readonly log: Log,
  ) {}

  /** Whether somebody waits for a VM to come up. */
  get isWaiting(): boolean {
    return this.#starting.size > 0;
  }

  /** Whether a VM was stopped through this admin and not started since. */
  isMeantToBeDown(vm: VmName): boolean {
    return this.#meantToBeDown.has(vm);
  }

  /** Says what a VM is meant to be when its unit is stopped or started by name, or the VM is powered off. */
  mean(vm: VmName, state: 'up' | 'down'): void {
    if (state === 'down') this.#meantToBeDown.add(vm);
    else this.#meantToBeDown.delete(vm);
  }

  /** Resolves with the registry name of the VM's agent once the VM runs and its agent is there. */
  async start(vm: VmName): Promise<UnitName> {
    const entry = this.store.vmEntry(vm);
    if (!entry)
      throw unknownVm(
        vm,
        [...this.store.entries()].filter(({ type }) => type.service === 'VM').map((one) => one.vm),
      );
    // The admin's own VM runs no agent that could register.
    if (entry.type.vm !== 'AdmVM' || !isUp(entry.status)) await this.agentOf(vm);
    return agentUnit(vm);
  }

  /** The agent of a machine; its VM is started first when it is down. */
  agentOf(vm: VmName): Promise<RegistryEntry> {
    const running = this.#running(vm);
    if (running) return Promise.resolve(running);
    const unit = this.store.vmEntry(vm);
    // Without a unit to start there is only the agent's absence to report.
    if (!unit) return new Promise((resolve) => resolve(this.registry.agentOf(vm)));
    let start = this.#starting.get(vm);
    if (!start) {
      start = this.#start(vm, unit).finally(() => this.#starting.delete(vm));
      this.#starting.set(vm, start);
    }
    return start;
  }

  #running(vm: VmName): RegistryEntry | undefined {
    const unit = this.store.vmEntry(vm);
    const agent = this.store.get(vm, agentUnit(vm));
    return isPresent(agent?.presence) && (!unit || isUp(unit.status)) ? agent : undefined;
  }

  async #start(vm: VmName, known: RegistryEntry): Promise<RegistryEntry> {
    this.mean(vm, 'up');
    const bootBefore = this.store.get(vm, agentUnit(vm))?.bootId;
    await this.states.refresh(known.machine, known.unit);
    if (this.isMeantToBeDown(vm)) throw new GivcError('FAILED_PRECONDITION', `VM "${vm}" has been stopped meanwhile`);
    const unit = this.store.vmEntry(vm) ?? known;
    const running = this.#running(vm);
    if (running) return running;
    const mustBoot = !isUp(unit.status);
    // Subscribed before the start: the agent may register before the host's answer arrives.
    const boot = this.#boot(vm, mustBoot ? { bootBefore } : undefined);
    try {
      if (mustBoot) {
        this.log.info('starting VM', { vm });
        const host = await this.agents.answering(unit.machine);
        const status = await this.registry.command(unit.machine, unit.unit, () => host.startUnit(unit.unit));
        boot.begin();
        boot.tell(status);
        // It may have ended since, and that may have been told before its answer, or not at all when it was down before.
        boot.tell(this.store.vmEntry(vm)?.status ?? status);
      }
      return await boot.registered;
    } catch (error) {
      // What was up when the wait began and has ended since is not the boot that somebody asked for.
      const now = this.store.vmEntry(vm);
      if (mustBoot || !now || isUp(now.status) || this.isMeantToBeDown(vm)) throw error;
      return await this.#start(vm, now);
    } finally {
      boot.cancel();
    }
  }

  /**
   * The VM's agent once it is there, in another run than the boot that is over. Rejects when the VM's unit ends before it, or
   * with DEADLINE_EXCEEDED.
   */
  #boot(vm: VmName, mustBoot: { readonly bootBefore: string | undefined } | undefined): Boot {
    const limitMs = this.config.bootLimitMs;
    // What the unit tells before that is the end of an earlier run.
    let hasBegun = mustBoot === undefined;
    let tell: Boot['tell'] = () => {};
    let cancel = () => {};
    const registered = new Promise<RegistryEntry>((resolve, reject) => {
      tell = (status) => {
        if (isUp(status)) hasBegun = true;
        else if (hasBegun && !isAlive(status))
          reject(new GivcError('FAILED_PRECONDITION', `VM "${vm}" has ${ended(status)} before its agent registered`));
      };
      const ofUnit = this.store.onPut((entry) => {
        if (entry.type.service === 'VM' && entry.vm === vm) tell(entry.status);
      });
      const ofAgent = this.presence.onTransition((transition) => {
        if (transition.vm !== vm || !startsRun(transition)) return;
        const entry = this.registry.agentOf(vm);
        if (!mustBoot?.bootBefore || entry.bootId !== mustBoot.bootBefore) resolve(entry);
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
    return { registered, begin: () => (hasBegun = true), tell, cancel };
  }
}

const ended = ({ ActiveState }: UnitStatus): string => (ActiveState === 'failed' ? 'failed' : 'been stopped');
