// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';
import { controlGroupOf, cpuTime, memoryOf, processOf } from '../bench/processes.js';
import type { Lab } from '../lab/lab.js';
import { programUnit } from '../lab/plan.js';
import { calmMs, heapOf, plainStart, withDropIn, writePlainConfig } from './measure.js';

/** What a daemon costs while nothing happens. */
export interface Cost {
  readonly anonymousMiB: number;
  /** Live objects, in megabytes. */
  readonly heapMB: number;
  /** CPU time in milliseconds a second, with the heartbeats of all machines. */
  readonly idleCpu: number;
}

export type Costs = Readonly<Record<'admin' | 'agent', Cost>>;

type Daemon = 'admin-vm' | 'net-vm';

const commands = {
  query: ['query', '--as-json'],
  history: ['history', '--as-json'],
  logs: ['logs', 'web.service', '--vm', 'net-vm'],
  'status --resources': ['status', '--resources', '--as-json'],
} as const;

/** The measured states, in the order of the table, with the commands that are run before. */
export const states = {
  off: [],
  on: [],
  'after query': ['query'],
  'after history': ['history'],
  'after logs': ['logs'],
  'after status --resources': ['status --resources'],
  'after the last three': ['history', 'logs', 'status --resources'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof commands)[]>>;
export type State = keyof typeof states;

/** A collection of all garbage takes longer than all else in such a time, and falls into one of them. */
const [windowMs, windows] = [3_000, 5];
const uses = 5;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The median of some times, so that a collection of garbage does not count. */
async function cpuWhileIdle(daemons: readonly Daemon[]): Promise<readonly number[]> {
  const groups = daemons.map((machine) => controlGroupOf(machine, programUnit(machine)));
  const rates = groups.map((): number[] => []);
  for (let count = 0; count < windows; count++) {
    const [before, since] = [groups.map(cpuTime), performance.now()];
    await setTimeout(windowMs);
    const seconds = (performance.now() - since) / 1_000;
    groups.forEach((group, at) => rates[at]!.push((cpuTime(group) - before[at]!) / seconds));
  }
  return rates.map(median);
}

/** Runs the commands as a user does. */
async function use(lab: Lab, names: readonly (keyof typeof commands)[]): Promise<void> {
  for (let count = 0; count < uses; count++)
    await Promise.all(
      names.map(async (name) => {
        const { status, stderr } = await lab.cli([...commands[name]]);
        if (status !== 0) throw new Error(`givc-cli ${name}: ${stderr}`);
      }),
    );
}

async function costOf(lab: Lab, state: State): Promise<Costs> {
  const isOn = state !== 'off';
  await writePlainConfig(lab, isOn);
  const history = isOn ? [] : ['Environment=GIVC_HISTORY_SIZE=0'];
  await withDropIn(lab, 'admin-vm', 'Environment=ACCESS_CONTROL=false', ...history);
  await withDropIn(lab, 'net-vm', plainStart);
  await setTimeout(calmMs);
  if (states[state].length > 0) {
    await use(lab, states[state]);
    await setTimeout(calmMs);
  }
  const daemons = ['admin-vm', 'net-vm'] as const;
  const [cpuOfAdmin, cpuOfAgent] = await cpuWhileIdle(daemons);
  const of = async (machine: Daemon, idleCpu: number): Promise<Cost> => {
    const { anonymous } = memoryOf(processOf(machine, programUnit(machine)));
    const { live } = await heapOf(lab, machine);
    const heap = Object.values(live).reduce((sum, bytes) => sum + bytes, 0);
    return { anonymousMiB: anonymous, heapMB: heap / 1_000_000, idleCpu };
  };
  return { admin: await of('admin-vm', cpuOfAdmin!), agent: await of('net-vm', cpuOfAgent!) };
}

/**
 * The admin and an agent without the history and the journal, with them, and after commands, each state from a start of
 * its own; medians of rounds in which the states take turns.
 */
export async function measureCosts(lab: Lab, rounds: number): Promise<Readonly<Record<State, Costs>>> {
  const names = Object.keys(states) as State[];
  const measured = new Map(names.map((state): [State, Costs[]] => [state, []]));
  for (let round = 0; round < rounds; round++)
    for (const state of names) {
      const costs = await costOf(lab, state);
      process.stderr.write(`${state}: ${JSON.stringify(costs)}\n`);
      measured.get(state)!.push(costs);
    }
  const of = (state: State, daemon: keyof Costs): Cost => {
    const middle = (field: keyof Cost) => median(measured.get(state)!.map((costs) => costs[daemon][field]));
    return { anonymousMiB: middle('anonymousMiB'), heapMB: middle('heapMB'), idleCpu: middle('idleCpu') };
  };
  const both = (state: State): Costs => ({ admin: of(state, 'admin'), agent: of(state, 'agent') });
  return Object.fromEntries(names.map((state) => [state, both(state)])) as Record<State, Costs>;
}
