// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { OldAgentOptions } from './old-agent.js';

interface Capabilities {
  readonly services?: readonly string[];
  readonly vmServices?: { readonly adminVm?: string; readonly systemVms?: string[]; readonly appVms?: string[] };
  readonly applications?: OldAgentOptions['applications'];
  readonly policy?: { readonly policies: Readonly<Record<string, string>> };
}

/** The part of a configuration's `capabilities` that the original agent has. */
export function offeredBy(
  capabilities: object,
): Pick<OldAgentOptions, 'services' | 'vms' | 'applications' | 'policies'> {
  const { services = [], vmServices = {}, applications = [], policy } = capabilities as Capabilities;
  const vms: [unit: string, type: number][] = [
    ...(vmServices.adminVm ? [[vmServices.adminVm, 3] satisfies [string, number]] : []),
    ...(vmServices.systemVms ?? []).map((unit): [string, number] => [unit, 7]),
    ...(vmServices.appVms ?? []).map((unit): [string, number] => [unit, 11]),
  ];
  return { services, vms, applications, policies: Object.keys(policy?.policies ?? {}) };
}
