// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { systemd } from '@givc/rpc';
import { vmOfVmUnit, type UnitName } from '@givc/model';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { managedVms, vmUnit } from '../machines/layout.js';
import type { World } from '../world.js';
import { isReporting } from './reporting.js';
import type { CallRecord, Rule } from './rule.js';

const startUnit = '/systemd.UnitControlService/StartUnit';
const [firstPauseMs, longestPauseMs, healthyMs] = [1_000, 60_000, 600_000];
/** The time for which a call may still have effects after its caller has left. */
const effectMs = 40_000;
const graceMs = 100;
/** The time within which the host answers how a VM is. The admin asks before a start while the host does not report. */
const askedMs = 5_000;

/** The time that the admin may need to connect to a host that has just begun to report: three slow packets. */
const connectMs = 3 * 3 * 400;

interface Managed {
  entry?: RegistryEntry;
  /** The pause before the admin's next start of the VM. */
  pauseMs: number;
  runsSince?: number | undefined;
  /** The number of starts without ten healthy minutes between them, and the time of the last one. */
  starts: number;
  startedAt: number;
  /** The time by which that start may have been sent later than the admin decided on it. */
  delayMs: number;
  /** Identifies the crash whose restart is due. */
  due?: object | undefined;
  /** Whether the reason of each start is known; only then are the pauses known. */
  isExact: boolean;
}

/**
 * The admin starts requested VMs, each once at a time. It also starts the VMs of SERVICES that crash, after 0, 1, 2, 4
 * ... 60 s, and at once again after ten minutes without a crash.
 */
export class RecoveryRule implements Rule {
  readonly #vms = new Map<string, Managed>();
  readonly #inFlight = new Map<string, number>();
  readonly #calls: CallRecord[] = [];
  #hostReportsSince = Infinity;

  constructor(private readonly world: World) {}

  adminStarted(store: RegistryStore): void {
    this.#vms.clear();
    this.#inFlight.clear();
    this.#hostReportsSince = Infinity;
    for (const entry of store.entries()) if (entry.type.service === 'VM') this.#of(entry.vm).entry = entry;
  }

  callBegan(call: CallRecord): void {
    this.#calls.push(call);
  }

  put(entry: RegistryEntry): void {
    const { now } = this.world.scheduler;
    const isHost = entry.type.service === 'Mgr' && entry.vm === 'host';
    if (isHost && entry.presence?.state !== 'reporting') this.#hostReportsSince = Infinity;
    else if (isHost) this.#hostReportsSince = Math.min(this.#hostReportsSince, now);
    if (entry.type.service !== 'VM') return;
    const vm = this.#of(entry.vm);
    vm.entry = entry;
    switch (entry.status.ActiveState) {
      case 'active':
        vm.runsSince ??= now;
        vm.due = undefined;
        return;
      case 'inactive':
        vm.runsSince = undefined;
        vm.due = undefined;
        return;
      case 'failed': {
        const { runsSince } = vm;
        vm.runsSince = undefined;
        if (runsSince !== undefined && now - runsSince >= healthyMs) [vm.pauseMs, vm.starts] = [0, 0];
        // A VM that ends during a start counts as a failed start when the start is answered.
        if (!this.#inFlight.get(entry.vm)) this.#crashed(entry.vm, vm);
        return;
      }
    }
  }

  adminCalls(path: string, bytes: Buffer): () => void {
    const name = path === startUnit ? vmOfVmUnit(systemd.UnitRequest.decode(bytes).UnitName as UnitName) : undefined;
    if (!name) return () => undefined;
    const inFlight = (this.#inFlight.get(name) ?? 0) + 1;
    this.#inFlight.set(name, inFlight);
    const services = this.#reasons(name).filter(({ rpc }) => rpc === 'StartService').length;
    if (inFlight > 1 + services) this.#violate(`${name} is started ${inFlight} times at once`);
    const vm = this.#of(name);
    if (this.#reasons(name).length === 0) this.#byItself(name, vm);
    else if (vm.due) vm.isExact = false;
    return () => {
      this.#inFlight.set(name, this.#inFlight.get(name)! - 1);
      if (vm.entry?.status.ActiveState === 'failed') this.#crashed(name, vm);
    };
  }

  #crashed(name: string, vm: Managed): void {
    if (vm.due || !managedVms.includes(name) || vm.entry?.stopRequested || this.#isStopped(name)) return;
    this.#expect(name, vm);
  }

  /** The admin starts the VM without a request. */
  #byItself(name: string, vm: Managed): void {
    const { now } = this.world.scheduler;
    if (!managedVms.includes(name)) return this.#violate(`${name} is started by itself, and SERVICES does not name it`);
    const { entry, starts, startedAt } = vm;
    // The cause of the end is unknown if the host did not report at that time.
    const mayBeOld = this.#hostReportsSince + askedMs > now;
    if (entry?.status.ActiveState !== 'failed' || (entry.stopRequested && !mayBeOld))
      return this.#violate(`${name} is started by itself, and has not crashed: it is ${entry?.status.ActiveState}`);
    if (this.#isStopped(name)) return this.#violate(`${name} is started by itself after it was stopped`);
    const atLeast = starts === 0 ? 0 : Math.min(2 ** (starts - 1) * firstPauseMs, longestPauseMs);
    if (now - startedAt < atLeast - vm.delayMs)
      this.#violate(`start ${starts + 1} of ${name} comes ${(now - startedAt).toFixed(0)} ms after the one before`);
    vm.due = undefined;
    vm.starts++;
    vm.startedAt = now;
    vm.delayMs = this.#delayMs();
  }

  /** The time that a call to the host may have waited for a connection before it was sent. */
  #delayMs(): number {
    return this.world.scheduler.now - this.#hostReportsSince < connectMs ? connectMs : 0;
  }

  /** Requires that a crashed VM is started again in time, unless a fault prevents it. */
  #expect(name: string, vm: Managed): void {
    const { world } = this;
    const { scheduler, disturbances, admin } = world;
    const { program } = admin;
    const [failedAt, waitMs, started] = [scheduler.now, vm.pauseMs, vm.starts];
    vm.pauseMs = Math.min(Math.max(waitMs * 2, firstPauseMs), longestPauseMs);
    const due = (vm.due = {});
    const limitMs = waitMs + graceMs + (isReporting(world, 'host') ? this.#delayMs() : askedMs);
    scheduler.after(limitMs, () => {
      const isStillDown =
        vm.isExact && vm.entry?.status.ActiveState === 'failed' && vm.due === due && vm.starts === started;
      if (!isStillDown || admin.program !== program || this.#reasons(name).length > 0 || this.#isStopped(name)) return;
      // A failed start makes the next pause longer, too.
      if (disturbances.areQuiet(['admin', 'host'], failedAt) && !disturbances.haveBeen(['admin', 'host']))
        this.#violate(`${name} has crashed and is not started again within ${waitMs} ms`);
    });
  }

  /** The calls that may be the reason for a start of the VM now. */
  #reasons(name: string): readonly CallRecord[] {
    const { now } = this.world.scheduler;
    return this.#calls.filter(({ rpc, subject, machine, endedAt }) => {
      const isFor =
        (rpc === 'StartVM' && subject === name) ||
        (rpc === 'StartApplication' && machine === name) ||
        (rpc === 'StartService' && subject === vmUnit(name));
      return isFor && (endedAt === undefined || now < endedAt + effectMs);
    });
  }

  /** Whether a StopService has ended the VM, and nothing has started it since. */
  #isStopped(name: string): boolean {
    const last = this.#calls.findLast(
      ({ rpc, subject, admin }) => admin === this.world.admins && rpc.endsWith('Service') && subject === vmUnit(name),
    );
    if (last?.rpc !== 'StopService' || last.outcome !== 'OK') return false;
    // A start that was requested earlier may run after the stop and before the stop is answered.
    const past = this.world.history.of('host', vmUnit(name));
    const since = past.filter(({ at }) => at >= last.startedAt);
    const ran = past.at(-since.length - 1)?.status === 'Running';
    const down = ran ? since.findIndex(({ status }) => status === 'PoweredOff') : -1;
    return !since.slice(down + 1).some(({ status }) => status === 'Running');
  }

  #of(name: string): Managed {
    let vm = this.#vms.get(name);
    if (!vm) this.#vms.set(name, (vm = { pauseMs: 0, starts: 0, startedAt: -Infinity, delayMs: 0, isExact: true }));
    return vm;
  }

  #violate(text: string): void {
    this.world.violate('VMs are started as they should be', text);
  }
}
