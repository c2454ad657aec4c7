// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';

export const adminVm = 'admin-vm';

/** A machine with an agent, and the agent's configuration. */
export interface AgentPlan {
  readonly name: string;
  readonly ip: string;
  /** The types of the agent and of its units, as numbers of `RegistryRequest.Type`. */
  readonly type: number;
  readonly subType: number;
  readonly parent?: string;
  readonly services: readonly string[];
  readonly applications: readonly string[];
  /** The VM units; only the host has some. */
  readonly vms: {
    readonly adminVm?: string;
    readonly systemVms: readonly string[];
    readonly appVms: readonly string[];
  };
}

export const vmUnit = (name: string): string => `microvm@${name}.service`;
export const agentUnit = (name: string): string => `givc-${name}.service`;

const noVms = { systemVms: [], appVms: [] };

/** Units that systemd knows, but that are in no allowlist. */
export const secretUnit = 'secret.service';

export const adminIp = '10.0.0.10';
/** The machine from which people call. */
export const callerIp = '10.0.0.20';
export const adminAddress: Address = { protocol: 'tcp', host: adminIp, port: 9001 };
export const agentPort = 9000;

const netVm: AgentPlan = {
  ...{ name: 'net-vm', ip: '10.0.0.2', type: 8, subType: 9, parent: vmUnit('net-vm') },
  ...{ services: ['network.service', 'fragile.service'], applications: [], vms: noVms },
};
const guiVm: AgentPlan = {
  ...{ name: 'gui-vm', ip: '10.0.0.3', type: 8, subType: 9, parent: vmUnit('gui-vm') },
  ...{ services: ['screen.service'], applications: ['clock'], vms: noVms },
};
const chromeVm: AgentPlan = {
  ...{ name: 'chrome-vm', ip: '10.0.0.4', type: 12, subType: 13, parent: vmUnit('chrome-vm') },
  ...{ services: [], applications: ['chrome', 'clock'], vms: noVms },
};

const hostWith = (vms: readonly AgentPlan[]): AgentPlan => ({
  ...{ name: 'host', ip: '10.0.0.1', type: 0, subType: 1, services: ['backup.service'], applications: [] },
  vms: {
    adminVm: vmUnit(adminVm),
    systemVms: vms.filter(({ type }) => type === 8).map(({ name }) => vmUnit(name)),
    appVms: vms.filter(({ type }) => type === 12).map(({ name }) => vmUnit(name)),
  },
});

/** The host and these VMs, which always include net-vm. */
export function agentsOf(more: { readonly guiVm: boolean; readonly chromeVm: boolean }): readonly AgentPlan[] {
  const vms = [netVm, ...(more.guiVm ? [guiVm] : []), ...(more.chromeVm ? [chromeVm] : [])];
  return [hostWith(vms), ...vms];
}

/** The VMs that the admin starts again when they crash. */
export const managedVms: readonly string[] = ['net-vm', 'gui-vm'];

/** The configuration file of an agent. */
export const agentFile = (
  { name, ip, type, subType, parent, services, applications, vms }: AgentPlan,
  heartbeatMs: number,
) => ({
  identity: { type, subType, parent, name },
  network: {
    admin: { transport: { name: adminVm, addr: adminIp, port: '9001', protocol: 'tcp' }, heartbeatMs },
    agent: { transport: { name, addr: ip, port: String(agentPort), protocol: 'tcp' } },
    tls: { enable: false },
  },
  capabilities: {
    services,
    vmServices: vms,
    applications: applications.map((application) => ({ name: application, command: `/bin/${application}` })),
  },
});
