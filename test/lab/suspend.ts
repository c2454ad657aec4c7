// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { changeIn } from './folder-change.js';
import { labControlGroup } from './namespaces.js';
import { type MachineName } from './plan.js';

/** The control groups of those of these machines that run, each with all processes of its machine. */
function groupsOf(machines: readonly MachineName[]): string[] {
  const lab = labControlGroup()!;
  const isPopulated = (group: string) => /^populated 1$/m.test(eventsOf(group));
  const isOfOne = (name: string) => machines.some((machine) => name.startsWith(`${machine}.`));
  return readdirSync(lab)
    .filter(isOfOne)
    .map((name) => join(lab, name))
    .filter(isPopulated);
}

/** The cgroup.events of the kernel's cgroup-v2 document; empty when the machine has just ended. */
function eventsOf(group: string): string {
  try {
    return readFileSync(join(group, 'cgroup.events'), 'utf8');
  } catch {
    return '';
  }
}

/**
 * Stops every process of these machines at once, while their monotonic clocks continue; machines that are down stay
 * down. Once no process runs, resolves with a function that lets them continue.
 */
export async function freeze(machines: readonly MachineName[]): Promise<() => void> {
  const groups = groupsOf(machines);
  const set = (value: 0 | 1) => {
    for (const group of groups) if (existsSync(group)) writeFileSync(join(group, 'cgroup.freeze'), String(value));
  };
  set(1);
  const hasStopped = (group: string) => !/^frozen 0$/m.test(eventsOf(group));
  await Promise.all(groups.map((group) => changeIn(group, () => hasStopped(group))));
  return () => set(0);
}

/**
 * Suspends machines as the sleep of a host does: no process runs for this number of milliseconds. This wait is the
 * fault itself.
 */
export async function suspend(machines: readonly MachineName[], ms: number): Promise<void> {
  const thaw = await freeze(machines);
  await setTimeout(ms);
  thaw();
}

/**
 * Resolves once the admin has received a message of every agent since a time of `performance.now()`; rejects when an
 * agent is lost.
 */
export async function confirmed(admin: AdminClient, since: number): Promise<void> {
  for (;;) {
    const { machines } = await admin.listMachines();
    const agents = machines.filter(({ agent_state }) => agent_state !== 'none');
    const lost = agents.filter(({ agent_state }) => agent_state !== 'reporting');
    if (lost.length > 0)
      throw new Error(lost.map(({ name, agent_state }) => `the agent of ${name} is ${agent_state}`).join());
    if (agents.every(({ last_seen_ms = Infinity }) => last_seen_ms <= performance.now() - since)) return;
  }
}
