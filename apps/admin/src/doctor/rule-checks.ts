// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { authorizationRequest, checkRuleNames, checkRulesOf, type Access, type Decision } from '@givc/access';
import { allRight, check, checkEach, type Check, type CheckResult } from '@givc/checks';
import {
  agentUnit,
  parseVmName,
  transportOf,
  unitTypeNumber,
  vmOfVmUnit,
  type UnitName,
  type VmName,
} from '@givc/model';
import type { admin } from '@givc/rpc';
import type { AdminConfig } from '../admin.config.js';
import type { RegistryStore } from '../registry/registry-store.js';

/** The rules of the admin: their mistakes, the names in them, and whether they let each machine register. */
export function ruleChecks(config: AdminConfig, { rules }: Access, store: RegistryStore): Check[] {
  if (!rules) return [];
  const file = config.access.rules;
  return [
    ...(file === undefined
      ? []
      : [
          { id: 'rules' as const, subject: file, run: () => checkRulesOf('admin', file) },
          { id: 'rule-names' as const, subject: file, run: () => checkRuleNames(file, knownNames(config, store)) },
        ]),
    {
      id: 'registration-permitted',
      subject: 'the rules',
      run: () => {
        const machines = machinesOf(config, store).filter((vm) => vm !== config.name || store.agent(vm));
        return checkEach(
          machines,
          (vm) =>
            registrationProblem(vm, store, (rpc, request) => rules.decide(authorizationRequest(vm, rpc, request))),
          () =>
            allRight(
              'registration-permitted',
              machines.length,
              ['machine', 'may register, and may report'],
              ['machines', 'may register, and may report'],
            ),
        );
      },
    },
  ];
}

/** Those that have registered, those that the host runs, and those of SERVICES. */
function machinesOf({ services, name, hostName }: AdminConfig, store: RegistryStore): VmName[] {
  const managed = services.map((unit) => vmOfVmUnit(unit as UnitName)).filter((vm) => vm !== undefined);
  const registered = [...store.entries()].flatMap(({ vm, machine }) => [vm, machine]);
  return [...new Set([name, ...(hostName ? [hostName] : []), ...managed, ...registered])];
}

function knownNames(config: AdminConfig, store: RegistryStore) {
  const machines = machinesOf(config, store);
  const units = new Set([...config.services, ...Array.from(store.entries(), ({ unit }) => unit as string)]);
  return { callers: machines, machines, units: (unit: string) => units.has(unit), unitNames: [...units] };
}

function registrationProblem(
  vm: VmName,
  store: RegistryStore,
  decide: (rpc: string, request: object | undefined) => Decision,
): CheckResult | undefined {
  const { failure, warning } = check('registration-permitted', vm);
  const permit = (command: string, module: string) =>
    `permit(principal == Source::"${vm}", action == Command::"${command}", resource == Module::"${module}");`;
  const cause = ({ rule, error }: Extract<Decision, { allowed: false }>) =>
    error ?? (rule === undefined ? 'no rule permits it' : `${rule} forbids it`);
  const registration = decide('/admin.AdminService/RegisterService', requestOf(vm, store));
  if (!registration.allowed)
    return failure(`may not register: ${cause(registration)}`, permit('RegisterService', 'admin'));
  const reports = decide('/report.Reports/Report', undefined);
  // Without a rule about it, each entry of the stream is decided like a registration.
  if (!reports.allowed && (reports.rule !== undefined || reports.error !== undefined))
    return warning(`may not report, so it is polled: ${cause(reports)}`, permit('Report', 'report'));
  return undefined;
}

/** The registration of the agent as it was last, or as it probably will be. */
function requestOf(vm: VmName, store: RegistryStore): admin.RegistryRequest {
  const entry = store.agent(vm);
  const address = { protocol: 'tcp', host: '127.0.0.1', port: 9000 } as const;
  return {
    Name: agentUnit(vm),
    Parent: '',
    Type: unitTypeNumber(entry?.type.vm ?? store.vmEntry(vm)?.type.vm ?? 'SysVM', 'Mgr'),
    Transport: transportOf(entry?.endpoint ?? { name: parseVmName('', vm), address }),
    State: entry?.status,
  };
}
