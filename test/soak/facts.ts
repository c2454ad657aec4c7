// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentConfig } from '../lab/agent-config.js';
import { type Lab } from '../lab/lab.js';
import { programUnit, vmNames, type MachineName } from '../lab/plan.js';
import { type Facts, type MachineFacts, type UnitFacts } from '../model/expected-rows.js';

export type Agent = Exclude<MachineName, 'admin-vm'>;

export const vmUnit = (vm: MachineName): string => `microvm@${vm}.service`;

interface Configuration {
  readonly capabilities: {
    readonly services?: readonly string[];
    readonly applications?: readonly { readonly name: string }[];
    readonly dbusProxy?: { readonly proxies?: readonly { readonly name: string }[] };
  };
}

const capabilitiesOf = (name: Agent) => (JSON.parse(agentConfig(name)) as Configuration).capabilities;

/** The services that a machine's agent may control. */
export const servicesOf = (name: Agent): string[] =>
  (capabilitiesOf(name).services ?? []).filter((unit) => unit.endsWith('.service'));

export const applicationsOf = (name: Agent): string[] =>
  (capabilitiesOf(name).applications ?? []).map((application) => application.name);

/** The D-Bus proxies that a machine's agent runs. */
const proxiesOf = (name: Agent): string[] =>
  (capabilitiesOf(name).dbusProxy?.proxies ?? []).map((proxy) => `dbus-proxy-${proxy.name}.service`);

/** The states of units by the machine's systemd. */
async function states(lab: Lab, name: Agent, units: readonly string[]): Promise<UnitFacts[]> {
  if (units.length === 0) return [];
  const { status, stdout, stderr } = await lab
    .machine(name)
    .systemctl('show', '--property=Id,ActiveState,SubState,FreezerState', ...units);
  if (status !== 0) throw new Error(`systemctl in ${name}: ${stderr}`);
  return stdout
    .trim()
    .split('\n\n')
    .map((block) => {
      const state = Object.fromEntries(block.split('\n').map((line) => line.split('=', 2))) as Record<string, string>;
      return {
        unit: state['Id'] ?? '',
        activeState: state['ActiveState'] ?? '',
        subState: state['SubState'] ?? '',
        freezerState: state['FreezerState'] ?? '',
      };
    });
}

/** The instances of applications that systemd has and that have not ended. */
async function instances(lab: Lab, name: Agent): Promise<string[]> {
  const patterns = applicationsOf(name).map((application) => `${application}@*`);
  if (patterns.length === 0) return [];
  const { stdout } = await lab.machine(name).systemctl('list-units', '--all', '--plain', '--no-legend', ...patterns);
  return stdout
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter(([unit, , active]) => unit && active !== 'inactive' && active !== 'failed')
    .map(([unit]) => unit!);
}

/** The VMs whose unit the host does not run. */
export async function downVms(lab: Lab): Promise<MachineName[]> {
  const { stdout } = await lab.machine('host').systemctl('is-active', ...vmNames.map(vmUnit));
  const active = stdout.trim().split('\n');
  return vmNames.filter((_vm, index) => active[index] !== 'active');
}

/** The state of every machine's units by its own systemd, while no fault is active. */
export async function factsOf(lab: Lab): Promise<Facts> {
  const down = await downVms(lab);
  const agents = (['host', 'net-vm', 'gui-vm', 'chrome-vm'] as const).filter((name) => !down.includes(name));
  const machines = agents.map(async (name): Promise<MachineFacts> => {
    const units = [...servicesOf(name), ...proxiesOf(name), ...(await instances(lab, name))];
    return { name, agentUnit: programUnit(name), units: await states(lab, name, units) };
  });
  const vms = states(lab, 'host', vmNames.map(vmUnit)).then((facts) =>
    facts.map((unit, index) => ({ name: vmNames[index]!, ...unit })),
  );
  return { machines: await Promise.all(machines), vms: await vms };
}
