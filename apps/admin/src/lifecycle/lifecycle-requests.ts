// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  invalid,
  parseApplicationName,
  parseInstanceSelector,
  parseUnitName,
  parseVmName,
  type ApplicationName,
  type InstanceSelector,
  type UnitName,
  type VmName,
} from '@givc/model';
import type { admin } from '@givc/rpc';

export interface StartApplication {
  readonly application: ApplicationName;
  readonly vm: VmName;
  readonly args: readonly string[];
}

export interface InstancesOfApplication {
  readonly selector: InstanceSelector;
  readonly vm: VmName | undefined;
}

export interface UnitRequest {
  readonly unit: UnitName;
  readonly vm: VmName | undefined;
}

/** The answer to a request of which only the success matters. */
export const successful: admin.ApplicationResponse = {
  CmdStatus: 'Command successful.',
  AppStatus: 'Command successful.',
};

// These limits only bound the request. The agent checks the arguments against its configuration (`arguments.ts`).
const argsMax = 64;
const argMax = 4_096;

/** Callers send an empty name for a field that they do not set. */
const parseOptionalVm = (value: string | undefined): VmName | undefined =>
  value ? parseVmName('VmName', value) : undefined;

function parseArgs(args: readonly string[]): readonly string[] {
  if (args.length > argsMax) throw invalid('Args', `too many: expected at most ${argsMax} arguments`);
  for (const [index, arg] of args.entries())
    if (arg.length > argMax) throw invalid(`Args[${index}]`, `too long: expected at most ${argMax} characters`);
  return args;
}

/** A request that names an application but no VM is for the VM with the name of the application. */
export function parseStartApplication(request: admin.ApplicationRequest): StartApplication {
  const application = parseApplicationName('AppName', request.AppName);
  return {
    application,
    vm: parseOptionalVm(request.VmName) ?? parseVmName('VmName', `${application}-vm`),
    args: parseArgs(request.Args),
  };
}

export const parseInstances = (request: admin.ApplicationRequest): InstancesOfApplication => ({
  selector: parseInstanceSelector('AppName', request.AppName),
  vm: parseOptionalVm(request.VmName),
});

export const parseStartVm = (request: admin.StartVMRequest): VmName => parseVmName('VmName', request.VmName);

export const parseUnitRequest = (request: admin.ServiceRequest): UnitRequest => ({
  unit: parseUnitName('ServiceName', request.ServiceName),
  vm: parseOptionalVm(request.VmName),
});
