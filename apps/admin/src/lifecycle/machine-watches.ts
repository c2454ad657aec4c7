// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { isAlive, type VmName } from '@givc/model';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { PresenceService } from '../presence/presence.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import type { RegistryEntry } from '../registry/registry-entry.js';

/** The time limit for the next change of a machine whose agent is lost. */
const changeMs = 30_000;
/** The time limit of a machine's sleep. */
export const sleepMs = 24 * 60 * 60 * 1_000;

/** Follows a machine while one of its units is started. Close it at the end. */
export interface MachineWatch {
  /** Its host reports that it is stopping or has stopped. */
  readonly isLeaving: boolean;
  /** Resolves with true once its agent is connected again, with false once the machine has ended or after a day. */
  waitUntilUp(): Promise<boolean>;
  /**
   * Resolves with true once the machine has ended by itself or its agent has registered from another boot; with false
   * once it was stopped, has crashed or its agent has registered from the same boot, or after 30 s without a change.
   */
  waitUntilDown(): Promise<boolean>;
  close(): void;
}

class FollowedMachine {
  isLeaving: boolean;
  /** How the machine ended: by itself, or by a request or a failure. */
  #end: 'powered-off' | 'stopped-or-failed' | undefined;
  #boot: 'same' | 'another' | undefined;
  #onChange: () => void = () => undefined;
  #onUp: () => void = () => undefined;

  constructor(
    vmEntry: RegistryEntry | undefined,
    private readonly bootId: string | undefined,
    readonly close: () => void,
  ) {
    this.isLeaving = vmEntry?.status.ActiveState === 'deactivating';
  }

  vmChanged({ status, stopRequested }: RegistryEntry): void {
    const hasEnded = !isAlive(status);
    if (hasEnded) this.#end = status.ActiveState === 'failed' || stopRequested ? 'stopped-or-failed' : 'powered-off';
    this.isLeaving ||= hasEnded || status.ActiveState === 'deactivating';
    this.#onChange();
  }

  registered(bootId: string | undefined): void {
    this.#boot = bootId === this.bootId ? 'same' : 'another';
    this.#onChange();
    this.#onUp();
  }

  connected(): void {
    this.#onUp();
  }

  waitUntilUp(): Promise<boolean> {
    if (this.#end) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isBack: boolean): void => {
        limit.cancel();
        resolve(isBack);
      };
      const limit = new Timeout(sleepMs, () => settle(false), { unref: true });
      this.#onUp = () => settle(true);
      this.#onChange = () => this.#end && settle(false);
    });
  }

  async waitUntilDown(): Promise<boolean> {
    // Only a registration after the end of the connection shows that the agent is back.
    this.#boot = undefined;
    for (;;) {
      if (this.#end) return this.#end === 'powered-off';
      if (this.#boot) return this.#boot === 'another';
      if (!(await this.#change())) return false;
    }
  }

  #change(): Promise<boolean> {
    return new Promise((resolve) => {
      const limit = new Timeout(changeMs, () => resolve(false), { unref: true });
      this.#onChange = () => {
        limit.cancel();
        resolve(true);
      };
    });
  }
}

/** Follows machines that may stop or sleep during a call to their agents. */
@Injectable()
export class MachineWatches {
  readonly #watches = new Map<VmName, Set<FollowedMachine>>();

  constructor(
    presence: PresenceService,
    private readonly store: RegistryStore,
    agents: AgentConnections,
  ) {
    store.onPut((entry) => {
      if (entry.type.service === 'VM') this.#each(entry.vm, (watch) => watch.vmChanged(entry));
    });
    presence.onRegistered(({ machine, bootId }) => this.#each(machine, (watch) => watch.registered(bootId)));
    agents.onState((vm, state) => {
      if (state === 'READY') this.#each(vm, (watch) => watch.connected());
    });
  }

  watch(machine: VmName): MachineWatch {
    const watches = this.#watches.get(machine) ?? new Set();
    const bootId = this.store.agent(machine)?.bootId;
    const watch = new FollowedMachine(this.store.vmEntry(machine), bootId, () => {
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(machine);
    });
    this.#watches.set(machine, watches.add(watch));
    return watch;
  }

  #each(machine: VmName, notify: (watch: FollowedMachine) => void): void {
    for (const watch of this.#watches.get(machine) ?? []) notify(watch);
  }
}
