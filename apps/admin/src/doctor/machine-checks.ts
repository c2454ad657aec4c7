// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  adviceFor,
  allRight,
  check,
  checkEach,
  checkVersion,
  type Advice,
  type Check,
  type CheckResult,
} from '@givc/checks';
import { agentUnit, formatAddress, messageOf, programVersion, type VmName } from '@givc/model';
import { reportProtocolVersion, type report } from '@givc/rpc';
import type { AdminConfig } from '../admin.config.js';
import { isAnswer } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';
import { asOwnWork } from '../agents/on-behalf.js';
import type { MachinesService } from '../liveness/machines.service.js';
import type { RegistryStore } from '../registry/registry-store.js';

/** What the admin knows of its machines. */
export interface KnownMachines {
  readonly store: RegistryStore;
  readonly machines: Pick<MachinesService, 'list'>;
  readonly agents: AgentConnections;
  /** Because of what agents reject the certificate of the admin. */
  readonly certificateProblem: () => Promise<Advice | undefined>;
  /** The name of the host, once it is known. */
  readonly host: VmName | undefined;
}

/** The host, the managed VMs, and for each machine its agent: its reports, its versions, and the channel to it. */
export function machineChecks({ services, name: own }: AdminConfig, known: KnownMachines): Check[] {
  const { store, machines, host } = known;
  const all = machines.list();
  const withAgents = all.filter(({ agent_state: state }) => state !== 'none');
  return [
    { id: 'host-agent', subject: 'the host', run: () => [hostAgent(host, store)] },
    {
      id: 'managed-vms',
      subject: 'SERVICES',
      run: () =>
        checkEach(
          services,
          (unit) => managedProblem(unit, store),
          () =>
            allRight(
              'managed-vms',
              services.length,
              ['VM of SERVICES', 'is a unit of the host'],
              ['VMs of SERVICES', 'are units of the host'],
            ),
        ),
    },
    ...all.map((machine): Check => ({
      id: 'agent-connection',
      subject: machine.name,
      run: () => [agentConnection(machine, own)],
    })),
    ...withAgents.flatMap((machine): Check[] => [
      { id: 'agent-channel', subject: machine.name, run: async () => [await agentChannel(machine.name, known)] },
      { id: 'version', subject: machine.name, run: () => versions(machine) },
    ]),
  ];
}

function hostAgent(host: VmName | undefined, store: RegistryStore): CheckResult {
  const { ok, failure } = check('host-agent', host ?? 'the host');
  if (host !== undefined && store.agent(host)) return ok('is the host, and has registered');
  return failure(
    host === undefined ? 'is not known, so that no VM can be started' : 'is the host, and its agent has not registered',
    'start the agent of the host, and set GIVC_HOST_NAME to the name in its certificate',
  );
}

function managedProblem(unit: string, store: RegistryStore): CheckResult | undefined {
  for (const entry of store.entries()) if (entry.unit === unit) return undefined;
  return check('managed-vms', unit).failure(
    'is named by SERVICES, and the host has registered no such VM',
    'correct SERVICES, or add the unit to capabilities.vmServices of the host',
  );
}

function agentConnection({ name, agent_state: state, vm_status: vmStatus }: report.Machine, own: VmName): CheckResult {
  const { ok, warning, failure } = check('agent-connection', name);
  switch (state) {
    case 'reporting':
      return ok('has an agent that reports');
    case 'polled':
      return ok('has an agent that does not report, and is polled');
    case 'unconfirmed':
      return warning('has an agent that has not answered since the admin restarted', 'start the VM, or its agent');
    case 'lost':
      return failure('has lost its agent', 'is the machine frozen, its agent ended, or the network down?');
    default:
      if (name === own) return ok('runs the admin, and has no agent');
      return vmStatus === 'Running'
        ? failure(
            'runs, and its agent has not registered',
            'see the log of its agent: is the address of the admin right?',
          )
        : ok('does not run');
  }
}

async function agentChannel(
  name: string,
  { agents, certificateProblem: own }: Pick<KnownMachines, 'agents' | 'certificateProblem'>,
): Promise<CheckResult> {
  const vm = name as VmName;
  const { ok, failure } = check('agent-channel', name);
  const connection = agents.connection(vm);
  const at = formatAddress(connection.endpoint.address);
  try {
    await asOwnWork(() => connection.unitStatus(agentUnit(vm)));
  } catch (error) {
    const { message, fix, isOfTls } = adviceFor(error, await own());
    if (isOfTls) return failure(`cannot be called at ${at}: it ${message}`, fix);
    if (!isAnswer(error))
      return failure(
        `cannot be called at ${at}: ${messageOf(error)}`,
        'is this the address and the port of its agent (network.agent.transport), and does its firewall accept the admin?',
      );
  }
  return ok(`can be called at ${at}`);
}

function versions(machine: report.Machine): CheckResult[] {
  const { name, agent_version: version, protocol_version: protocol } = machine;
  if (machine.agent_state !== 'reporting') return [];
  const reports = check('report-protocol', name);
  return [
    checkVersion(name, version, programVersion),
    protocol === reportProtocolVersion
      ? reports.ok(`speaks version ${protocol} of the report protocol`)
      : reports.warning(
          `speaks version ${protocol} of the report protocol, and the admin ${reportProtocolVersion}`,
          'install the same release everywhere (docs/compatibility.md)',
        ),
  ];
}
