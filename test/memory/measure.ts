// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { copyFileSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memoryOf, processOf } from '../bench/processes.js';
import { agentConfig } from '../lab/agent-config.js';
import type { Lab } from '../lab/lab.js';
import { machinePrograms, programs, programUnit } from '../lab/plan.js';
import { output } from '../lab/run.js';

/** A program becomes calm, and gives back what its start needed (libs/daemon/src/heap-trimmer.ts). */
export const calmMs = 15_000;

/** The memory of a program by its use, in MiB. */
export type Shares = Readonly<Record<string, number>>;

/** The contents of a heap, in bytes (probe.cjs). */
interface Heap {
  readonly committed: number;
  readonly live: Readonly<Record<string, number>>;
}

const mebibyte = 1024 * 1024;
const probe = `${machinePrograms}/probe.cjs`;
const plainConfig = '/run/plain-agent.json';

/** The part of a process's memory that malloc(3) has at the end of its data segment, in MiB (smaps of proc(5)). */
function mallocOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  const kibibytes = /\[heap\]\n(?:\w+:.*\n)*?Anonymous: +(\d+) kB/.exec(text)?.[1];
  return Number(kibibytes ?? 0) / 1024;
}

export async function heapOf(lab: Lab, machine: 'admin-vm' | 'net-vm'): Promise<Heap> {
  const since = Date.now();
  await lab.machine(machine).signalProgram('USR2');
  const line = await lab.machine(machine).logged(programUnit(machine), 'heap {', { since });
  return JSON.parse(line.slice(line.indexOf('{'))) as Heap;
}

/** The machine's program, in the state in which it is. */
async function sharesOf(lab: Lab, machine: 'admin-vm' | 'net-vm'): Promise<Shares> {
  const pid = processOf(machine, programUnit(machine));
  const { resident, anonymous } = memoryOf(pid);
  const malloc = mallocOf(pid);
  const { committed, live } = await heapOf(lab, machine);
  const share = (...types: string[]): number => types.reduce((sum, type) => sum + (live[type] ?? 0), 0) / mebibyte;
  const kinds = {
    'code: bytecode, scopes, feedback, machine code': share('code'),
    'strings: half of them the source text': share('string', 'concatenated string', 'sliced string'),
    'arrays and dictionaries': share('array'),
    'shapes of objects': share('object shape'),
    closures: share('closure'),
    'objects and the rest': share('object', 'hidden', 'symbol', 'regexp', 'number', 'bigint', 'synthetic'),
  };
  const used = Object.values(kinds).reduce((sum, size) => sum + size, 0);
  return {
    resident,
    'files: Node, its libraries (the kernel may drop them)': resident - anonymous,
    anonymous,
    ...kinds,
    'free in V8': committed / mebibyte - used,
    'malloc: Node, OpenSSL, buffers': malloc,
    'the rest: WebAssembly, stacks, large buffers': anonymous - committed / mebibyte - malloc,
  };
}

/** Puts the probe where the machines of a running lab find it. */
export function installProbe(): void {
  copyFileSync(fileURLToPath(new URL('probe.cjs', import.meta.url)), `${programs}/probe.cjs`);
}

export async function withDropIn(lab: Lab, machine: 'admin-vm' | 'net-vm', ...lines: string[]): Promise<void> {
  const unit = programUnit(machine);
  const text = ['[Service]', `Environment=NODE_OPTIONS=--require=${probe}`, ...lines, ''].join('\n');
  const script = `mkdir -p /run/systemd/system/${unit}.d
printf '%s' "$0" > /run/systemd/system/${unit}.d/memory.conf
systemctl daemon-reload && systemctl restart ${unit}`;
  await output(lab.machine(machine).enter(['sh', '-ec', script, text]));
}

/** Writes the configuration of an agent without rules, with or without its journal. */
export async function writePlainConfig(lab: Lab, journal: boolean): Promise<void> {
  const config = JSON.parse(agentConfig('net-vm')) as { readonly capabilities: object };
  const capabilities = { ...config.capabilities, journal: { enable: journal } };
  const plain = JSON.stringify({ ...config, capabilities, accessControl: { enable: false, adminOnly: true } });
  await output(lab.machine('net-vm').enter(['sh', '-c', `printf '%s' "$0" > ${plainConfig}`, plain]));
}

/** The line that starts the agent with the configuration of `writePlainConfig`. */
export const plainStart = `ExecStart=\nExecStart=${machinePrograms}/bin/givc-agent -config ${plainConfig}`;

/** The admin and an agent with and without access control, calm after their start. */
export async function measure(lab: Lab): Promise<Readonly<Record<string, Shares>>> {
  await writePlainConfig(lab, true);
  const measured = async (): Promise<Shares[]> => {
    await setTimeout(calmMs);
    return [await sharesOf(lab, 'admin-vm'), await sharesOf(lab, 'net-vm')];
  };
  await withDropIn(lab, 'net-vm');
  await withDropIn(lab, 'admin-vm');
  const [adminWithCedar, agentWithCedar] = await measured();
  await withDropIn(lab, 'net-vm', plainStart);
  await withDropIn(lab, 'admin-vm', 'Environment=ACCESS_CONTROL=false');
  const [admin, agent] = await measured();
  return {
    admin: admin!,
    'admin with rules': adminWithCedar!,
    agent: agent!,
    'agent with rules': agentWithCedar!,
  };
}
