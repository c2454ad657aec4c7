// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { queuedCallOf } from '@givc/access';
import { GivcError, hasExited, isAlive, messageOf, unknownVm, vmStatus, type VmName } from '@givc/model';
import { FairQueue, pooled } from '@givc/queue';
import { resources, type report, type ServerCall } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { MachinesService } from '../liveness/machines.service.js';
import { isAgent, type RegistryEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';

const rpc = resources.ResourcesServiceService;
/** Agents that one call asks at the same time. */
const width = 32;
const deadlineMs = 4_000;
/** Each call asks every agent. */
const limits = {
  ...{ name: 'readers of resources', slots: 16, ofCaller: 4, waiting: 64, waitMs: 5_000, contestedMs: 30_000 },
  fix: 'wait for the others',
};

type Usages = ReadonlyMap<string, resources.Usage | undefined>;
type Answer = Pick<resources.MachineUsage, 'state' | 'error'> & { readonly usages?: Usages };

/** The usage of the units of machines, from their agents. */
@Injectable()
export class ResourcesService {
  readonly #queue = new FairQueue(limits);

  constructor(
    private readonly store: RegistryStore,
    private readonly machines: MachinesService,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * The machines in the order of registration, each with the units that the registry has; what else an agent answers is
   * left out. NOT_FOUND when the VM is unknown, RESOURCE_EXHAUSTED when too many ask.
   */
  usage(vm: VmName | undefined, call: ServerCall): Promise<resources.GetUsageResponse> {
    const all = this.machines.list();
    const asked = vm === undefined ? all : all.filter(({ name }) => name === vm);
    if (vm !== undefined && asked.length === 0) throw unknownVm(vm);
    return this.#queue.run(queuedCallOf(call), async ({ signal }) => {
      const ask = async (machine: report.Machine) => {
        signal.throwIfAborted();
        return this.#answerOf(machine);
      };
      const answers = await Promise.all(pooled(asked, width, ask));
      const units = this.#unitsOf(new Set(asked.map(({ name }) => name)));
      return {
        machines: asked.map(({ name }, at) => {
          const { state, error, usages } = answers[at]!;
          return { vm: name, state, error, units: (units.get(name) ?? []).map((entry) => usageOf(entry, usages)) };
        }),
      };
    });
  }

  /** The units that run, by the machine whose systemd has them. */
  #unitsOf(machines: ReadonlySet<string>): ReadonlyMap<string, RegistryEntry[]> {
    const units = new Map<string, RegistryEntry[]>();
    for (const entry of this.store.entries()) {
      const { machine, status } = entry;
      if (!machines.has(machine) || isAgent(entry) || !isAlive(status) || hasExited(status)) continue;
      const its = units.get(machine) ?? [];
      its.push(entry);
      units.set(machine, its);
    }
    return units;
  }

  async #answerOf({ name, agent_state: agent, vm_status: unit }: report.Machine): Promise<Answer> {
    const isThere = agent === 'reporting' || agent === 'polled';
    if (!isThere && unit === 'PoweredOff') return { state: 'off', error: `VM "${name}" does not run` };
    if (agent === 'none') return { state: 'no-agent', error: `VM "${name}" has no agent` };
    try {
      const connection = this.agents.forShortCall(name as VmName);
      const { machines } = await connection.call(rpc.getUsage, { vm: name }, { deadlineMs });
      const units = machines[0]?.units ?? [];
      return { state: 'answered', error: '', usages: new Map(units.map(({ unit, usage }) => [unit, usage])) };
    } catch (error) {
      return { state: stateOf(error), error: messageOf(error) };
    }
  }
}

const usageOf = ({ unit, type, status }: RegistryEntry, usages: Usages | undefined): resources.UnitUsage => ({
  unit,
  service_type: type.service,
  vm_status: vmStatus(status),
  usage: usages?.get(unit),
});

function stateOf(error: unknown): string {
  switch (error instanceof GivcError ? error.reason : undefined) {
    case 'UNAVAILABLE':
      return 'unreachable';
    case 'FAILED_PRECONDITION':
      return 'unsupported';
    default:
      return 'failed';
  }
}
