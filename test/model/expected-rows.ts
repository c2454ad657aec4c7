// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A unit as its service manager has it (org.freedesktop.systemd1(5)). */
export interface UnitFacts {
  readonly unit: string;
  readonly activeState: string;
  readonly subState: string;
  readonly freezerState: string;
}

/** A machine whose agent can be reached. */
export interface MachineFacts {
  readonly name: string;
  /** The name under which its agent registers. */
  readonly agentUnit: string;
  /** What the agent reports: its configured units, and the instances of applications that have not ended. */
  readonly units: readonly UnitFacts[];
}

/** A VM in any state, with the host's unit that runs it. */
export interface VmFacts extends UnitFacts {
  readonly name: string;
}

/** The state of all machines by their own service managers, while no fault is active. */
export interface Facts {
  readonly machines: readonly MachineFacts[];
  readonly vms: readonly VmFacts[];
}

/** The registry's name for the status of a unit. */
export function statusOf({ activeState, subState, freezerState }: UnitFacts): 'Paused' | 'Running' | 'PoweredOff' {
  if (freezerState === 'frozen') return 'Paused';
  return activeState === 'active' && subState === 'running' ? 'Running' : 'PoweredOff';
}

/** The expected state of the registry: `MACHINE UNIT STATUS` of each entry, sorted. */
export function expectedRows({ machines, vms }: Facts): string[] {
  const ofMachines = machines.flatMap(({ name, agentUnit, units }) => [
    `${name} ${agentUnit} Running`,
    ...units.map((facts) => `${name} ${facts.unit} ${statusOf(facts)}`),
  ]);
  return [...ofMachines, ...vms.map((facts) => `${facts.name} ${facts.unit} ${statusOf(facts)}`)].sort();
}
