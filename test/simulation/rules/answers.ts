// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAlive, vmOfVmUnit, type UnitName, type VmName } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { textOf, type Calls } from '../calls.js';
import { agentUnit, vmUnit } from '../machines/layout.js';
import type { World } from '../world.js';
import type { Status } from './history.js';
import type { CallRecord, Rule } from './rule.js';

interface Promised {
  /** The machine whose systemd has the unit, and the machine under whose name the registry lists it. */
  readonly machine: string;
  readonly listedAs: string;
  readonly unit: string;
  readonly status: Status;
}

/** The registry entry that must show the effect of a command. */
function promisedBy({ rpc, subject, machine, answer }: CallRecord): Promised | undefined {
  const ofService = (status: Status): Promised | undefined => {
    const vm = vmOfVmUnit(subject as UnitName);
    if (vm) return { machine: 'host', listedAs: vm, unit: subject, status };
    return machine === undefined ? undefined : { machine, listedAs: machine, unit: subject, status };
  };
  switch (rpc) {
    case 'StartVM':
      return { machine: 'host', listedAs: subject, unit: vmUnit(subject), status: 'Running' };
    case 'StartService':
    case 'ResumeApplication':
      return ofService('Running');
    case 'StopService':
    case 'StopApplication':
      return ofService('PoweredOff');
    case 'PauseApplication':
      return ofService('Paused');
    case 'StartApplication':
      return { machine: machine!, listedAs: machine!, unit: answer!, status: 'Running' };
    default:
      return undefined;
  }
}

/** A unit that is not listed does not run. */
const listed = (list: readonly admin.QueryListItem[], vm: string, unit: string): string =>
  list.find(({ VmName, Name }) => VmName === vm && Name === unit)?.VmStatus ?? 'PoweredOff';

/**
 * The registry never contradicts the answer to a command when it is read afterwards: it has a state that the unit has
 * had since the answer, according to its service manager.
 */
export class AnswersRule implements Rule {
  /** By VM, the boot whose registration the admin has received last. */
  readonly #boots = new Map<VmName, string>();
  /** The last boot before the call, for VMs that were down when their start was requested. */
  readonly #bootBefore = new Map<CallRecord, number>();

  constructor(
    private readonly world: World,
    private readonly calls: Calls,
  ) {}

  put({ type, vm, bootId }: RegistryEntry): void {
    if (type.service === 'Mgr' && bootId !== undefined) this.#boots.set(vm, bootId);
  }

  callBegan(call: CallRecord): void {
    if (call.rpc !== 'StartVM') return;
    const wasRunning = this.world.history.of('host', vmUnit(call.subject)).at(-1)?.status === 'Running';
    const machine = this.world.machines.get(call.subject);
    // The admin does not start a unit that runs according to its registry.
    const store = this.world.admin.program?.get(RegistryStore);
    const known = store?.get('host' as VmName, vmUnit(call.subject) as UnitName);
    if (!wasRunning && machine && known && !isAlive(known.status)) this.#bootBefore.set(call, machine.card.boot);
  }

  callEnded(call: CallRecord): void {
    if (call.outcome === 'OK') this.#checkBoot(call);
    const promised = call.outcome === 'OK' ? promisedBy(call) : undefined;
    if (promised) void this.#check(call, promised);
  }

  /** Whether a VM that was down has booted and its agent has registered since. */
  #checkBoot(call: CallRecord): void {
    const before = this.#bootBefore.get(call);
    const boot = Number(
      this.#boots
        .get(call.subject as VmName)
        ?.split('-')
        .at(-1),
    );
    if (before !== undefined && call.admin === this.world.admins && boot <= before)
      this.world.violate('a VM that is started has registered', `${textOf(call)}, and its agent is of boot ${boot}`);
  }

  async #check(call: CallRecord, { machine, listedAs, unit, status }: Promised): Promise<void> {
    const { history, disturbances, settings } = this.world;
    const list = await this.calls.list().catch(() => undefined);
    if (!list || !settings.servesReports || !disturbances.areQuiet([machine, listedAs, 'admin'], call.startedAt))
      return;
    const possible = history.since(machine, unit, status, call.endedAt!);
    const found = listed(list, listedAs, unit);
    if (possible.size > 0 && !possible.has(found as Status))
      this.world.violate(
        'an answer holds',
        `${textOf(call)}, and then ${unit} of ${listedAs} is ${found}, while it was ${[...possible].join(', ')}`,
      );
    const vmRuns = call.rpc === 'StartVM' && possible.size === 1 && this.world.machines.get(call.subject)?.isReachable;
    if (vmRuns && listed(list, call.subject, agentUnit(call.subject)) !== 'Running')
      this.world.violate('an answer holds', `${textOf(call)}, and then its agent is not listed as running`);
  }
}
