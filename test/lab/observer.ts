// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import { adminListens, connectAdmin } from '../bench/connect.js';
import { processOf } from '../bench/processes.js';
import { RegistryWatch } from '../bench/registry-watch.js';
import { type Lab } from './lab.js';
import { machineNames, programUnit, type MachineName } from './plan.js';

/** The status with which a call ended, and its message. */
export interface Answer {
  readonly status: string;
  readonly message: string;
}

/** Resolves with the status of a call, whatever it is. */
export async function answerOf(call: Promise<unknown>): Promise<Answer> {
  try {
    await call;
    return { status: 'OK', message: '' };
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    return { status: error.reason, message: error.message };
  }
}

/** The fields of an entry in the admin's state file that are used here. */
interface PersistedEntry {
  readonly vm: string;
  readonly unit: string;
  readonly status: { readonly ActiveState: string };
}

/** Sends a signal to the program of a machine, from outside, so that no new process is needed. */
export function signalProgram(machine: MachineName, signal: NodeJS.Signals): void {
  process.kill(processOf(machine, programUnit(machine)), signal);
}

/** A client that watches the registry and makes calls while faults are injected. */
export class Observer {
  private constructor(
    readonly lab: Lab,
    readonly admin: AdminClient,
    readonly watch: RegistryWatch,
  ) {}

  /** Resolves when the registry is known; rejects while the admin cannot be reached. */
  static async open(lab: Lab): Promise<Observer> {
    const admin = connectAdmin();
    try {
      return new Observer(lab, admin, await RegistryWatch.open(admin));
    } catch (error) {
      admin.close();
      throw error;
    }
  }

  /** Like `open`, but waits until the admin listens. */
  static async openAgain(lab: Lab): Promise<Observer> {
    await adminListens();
    return Observer.open(lab);
  }

  /** The number of changes that the watch has received so far. */
  get changeCount(): number {
    return this.watch.changes.length;
  }

  /** The changes of a machine's entries, and of the VM unit that runs it, after the first `since` changes. */
  changesOf(vm: string, since: number): string[] {
    return this.watch.changes
      .slice(since)
      .filter(({ item }) => item.VmName === vm)
      .map(({ kind, item }) => (kind === 'Removed' ? `${item.Name} removed` : `${item.Name} ${item.VmStatus}`));
  }

  /** The changes of all other machines, which a fault of these must not cause. */
  changesOfOthers(vms: readonly string[], since: number): string[] {
    const others = new Set(this.watch.changes.slice(since).map(({ item }) => item.VmName ?? ''));
    return [...others].filter((vm) => !vms.includes(vm)).flatMap((vm) => this.changesOf(vm, since));
  }

  /** Requests the state of a unit from the agent of a machine, through the admin. */
  ask(vm: MachineName, unit = programUnit(vm)): Promise<Answer> {
    return answerOf(this.admin.getUnitStatus({ VmName: vm, UnitName: unit }));
  }

  /** Resolves once every agent reports to the admin, on a stream that it has opened after this time of `Date.now()`. */
  async reporting(since: number): Promise<void> {
    const agents = machineNames.filter((name) => name !== 'admin-vm').map((name) => this.lab.machine(name));
    await Promise.all(
      agents.map(async (machine) => {
        await machine.booted();
        await machine.logged(machine.program, 'by=reporting', { since });
      }),
    );
  }

  /** Resolves once the admin's state file has a unit as `active`, some time after the watch has the change. */
  async persisted(vm: MachineName, unit: string): Promise<void> {
    await this.lab.machine('admin-vm').changeIn('/var/lib/givc', (folder) => {
      const file = join(folder, 'registry.json');
      if (!existsSync(file)) return false;
      const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: PersistedEntry[] };
      return entries.some((entry) => entry.vm === vm && entry.unit === unit && entry.status.ActiveState === 'active');
    });
  }

  close(): void {
    this.watch.close();
    this.admin.close();
  }
}
