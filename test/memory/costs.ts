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
  readonly heapMiB: number;
  /** CPU time in milliseconds a second, with the heartbeats of all machines. */
  readonly idleCpu: number;
}

export type Costs = Readonly<Record<'admin' | 'agent', Cost>>;

type Daemon = 'admin-vm' | 'net-vm';

/** The measured states, in the order of the table. */
export const states = ['off', 'on', 'on, after use'] as const;
export type State = (typeof states)[number];

const idleMs = 20_000;
const uses = 5;
const mebibyte = 1024 * 1024;

async function cpuWhileIdle(daemons: readonly Daemon[]): Promise<readonly number[]> {
  const groups = daemons.map((machine) => controlGroupOf(machine, programUnit(machine)));
  const [before, since] = [groups.map(cpuTime), performance.now()];
  await setTimeout(idleMs);
  const seconds = (performance.now() - since) / 1_000;
  return groups.map((group, at) => (cpuTime(group) - before[at]!) / seconds);
}

/** Reads the history, a journal and the resources, as the command line does. */
async function use(lab: Lab): Promise<void> {
  const commands = [
    ['history', '--as-json'],
    ['logs', 'web.service', '--vm', 'net-vm'],
    ['status', '--resources', '--as-json'],
  ];
  for (let count = 0; count < uses; count++)
    await Promise.all(
      commands.map(async (command) => {
        const { status, stderr } = await lab.cli(command);
        if (status !== 0) throw new Error(`givc-cli ${command.join(' ')}: ${stderr}`);
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
  if (state === 'on, after use') {
    await use(lab);
    await setTimeout(calmMs);
  }
  const daemons = ['admin-vm', 'net-vm'] as const;
  const [cpuOfAdmin, cpuOfAgent] = await cpuWhileIdle(daemons);
  const of = async (machine: Daemon, idleCpu: number): Promise<Cost> => {
    const { anonymous } = memoryOf(processOf(machine, programUnit(machine)));
    const { live } = await heapOf(lab, machine);
    const heap = Object.values(live).reduce((sum, bytes) => sum + bytes, 0);
    return { anonymousMiB: anonymous, heapMiB: heap / mebibyte, idleCpu };
  };
  return { admin: await of('admin-vm', cpuOfAdmin!), agent: await of('net-vm', cpuOfAgent!) };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/**
 * The admin and an agent without the history and the journal, with them, and after all of them and the resources were
 * read; medians of rounds in which the states take turns.
 */
export async function measureCosts(lab: Lab, rounds: number): Promise<Readonly<Record<State, Costs>>> {
  const measured: Record<State, Costs[]> = { off: [], on: [], 'on, after use': [] };
  for (let round = 0; round < rounds; round++)
    for (const state of states) {
      const costs = await costOf(lab, state);
      process.stderr.write(`${state}: ${JSON.stringify(costs)}\n`);
      measured[state].push(costs);
    }
  const of = (state: State, daemon: keyof Costs): Cost => {
    const middle = (field: keyof Cost) => median(measured[state].map((costs) => costs[daemon][field]));
    return { anonymousMiB: middle('anonymousMiB'), heapMiB: middle('heapMiB'), idleCpu: middle('idleCpu') };
  };
  const both = (state: State): Costs => ({ admin: of(state, 'admin'), agent: of(state, 'agent') });
  return { off: both('off'), on: both('on'), 'on, after use': both('on, after use') };
}
