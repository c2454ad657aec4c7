import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { changeIn } from './folder-change.js';
import { labControlGroup } from './namespaces.js';
import { type MachineName } from './plan.js';

/** The control group of all processes of a machine that runs. */
function groupOf(machine: MachineName): string {
  const lab = labControlGroup()!;
  const isUp = (name: string) => /^populated 1$/m.test(readFileSync(join(lab, name, 'cgroup.events'), 'utf8'));
  const boot = readdirSync(lab).find((name) => name.startsWith(`${machine}.`) && isUp(name));
  if (boot === undefined) throw new Error(`${machine} does not run`);
  return join(lab, boot);
}

/** Stops every process of these machines at once; resolves when none runs any more. Their monotonic clocks run on. */
export async function freeze(machines: readonly MachineName[]): Promise<void> {
  const groups = machines.map(groupOf);
  for (const group of groups) writeFileSync(join(group, 'cgroup.freeze'), '1');
  const isFrozen = (group: string) => /^frozen 1$/m.test(readFileSync(join(group, 'cgroup.events'), 'utf8'));
  await Promise.all(groups.map((group) => changeIn(group, () => isFrozen(group))));
}

export function thaw(machines: readonly MachineName[]): void {
  for (const machine of machines) writeFileSync(join(groupOf(machine), 'cgroup.freeze'), '0');
}

/** As a guest lives through the sleep of its host: for so long nothing runs. Here the wait is the fault. */
export async function suspend(machines: readonly MachineName[], ms: number): Promise<void> {
  await freeze(machines);
  await setTimeout(ms);
  thaw(machines);
}

/** Resolves once the admin has heard of every agent since a time of `performance.now()`; rejects when one is lost. */
export async function confirmed(admin: AdminClient, since: number): Promise<void> {
  for (;;) {
    const { Machines } = await admin.listMachines();
    const agents = Machines.filter(({ Agent }) => Agent !== 'none');
    const lost = agents.filter(({ Agent }) => Agent !== 'reporting');
    if (lost.length > 0) throw new Error(lost.map(({ Name, Agent }) => `the agent of ${Name} is ${Agent}`).join());
    if (agents.every(({ LastWordMs = Infinity }) => LastWordMs <= performance.now() - since)) return;
  }
}
