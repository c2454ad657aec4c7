// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { checkout, programUnit, type MachineName } from '../../lab/plan.js';
import { run, type Outcome } from '../../lab/run.js';
import { calmMs } from '../../memory/measure.js';
import { runLoad } from '../load.js';
import { group, times, type Measurement } from '../measurement.js';
import { memoryOf, processOf, type Memory } from '../processes.js';

const agents: readonly MachineName[] = ['host', 'net-vm', 'gui-vm', 'chrome-vm'];

const memory = ({ resident, anonymous }: Memory): Measurement => ({
  text: `${resident.toFixed(0)} (${anonymous.toFixed(0)}) MB`,
  values: { residentMb: resident, anonymousMb: anonymous },
});

const memoryIn = (machine: MachineName): Memory => memoryOf(processOf(machine, programUnit(machine)));

/** The folder into which `npm run bench` has packed it. */
function executable(): string {
  const folder = join(checkout, 'dist/bench');
  const file = readdirSync(folder).find((name) => name.startsWith('givc-cli-'));
  if (file === undefined) throw new Error(`${folder} has no givc-cli: run npm run bench`);
  return join(folder, file);
}

/** The duration of these commands as whole processes, run alternately this many times. */
async function durations<Name extends string>(
  count: number,
  programs: Readonly<Record<Name, () => Promise<Outcome>>>,
): Promise<Record<Name, Measurement>> {
  const names = Object.keys(programs) as Name[];
  const measured = new Map(names.map((name) => [name, [] as number[]]));
  for (let done = 0; done < count; done++)
    for (const name of names) {
      const { status, stderr, ms } = await programs[name]();
      if (status !== 0) throw new Error(stderr);
      measured.get(name)!.push(ms);
    }
  return Object.fromEntries(names.map((name) => [name, times(measured.get(name)!)])) as Record<Name, Measurement>;
}

/** The admin, when it has been calm for a while before and after calls of 32 callers. */
async function adminMemories(): Promise<{ readonly adminMemory: Measurement; readonly adminMemoryLoad: Measurement }> {
  await setTimeout(calmMs);
  const idle = memoryIn('admin-vm');
  await runLoad('queryList');
  await setTimeout(calmMs);
  const { text, values } = memory(memoryIn('admin-vm'));
  const more = values['anonymousMb']! - idle.anonymous;
  return {
    adminMemory: memory(idle),
    adminMemoryLoad: { text: `${text}, ${more.toFixed(1)} MB more`, values: { ...values, moreMb: more } },
  };
}

/** The agent that needs most memory. Measured after the calls, because a program that has worked needs more. */
export const programs = group(
  ['adminMemory', 'adminMemoryLoad', 'agentMemory', 'commandLine', 'commandLineFile'],
  async ({ lab, original }) => {
    const largest = agents.map(memoryIn).reduce((most, next) => (next.resident > most.resident ? next : most));
    const file = executable();
    const environment = lab.cliEnvironment();
    const own = {
      commandLine: () => lab.cli(['query']),
      commandLineFile: () => run([file, 'query'], { environment }),
    };
    const { ofOriginal, ...commandLines } =
      original === undefined
        ? { ...(await durations(15, own)), ofOriginal: undefined }
        : await durations(15, { ...own, ofOriginal: () => run([`${original}/givc-cli`, 'query'], { environment }) });
    const besideOriginal = (measured: Measurement): Measurement =>
      ofOriginal === undefined ? measured : { ...measured, original: ofOriginal };
    return {
      ...(await adminMemories()),
      agentMemory: memory(largest),
      commandLine: besideOriginal(commandLines.commandLine),
      commandLineFile: besideOriginal(commandLines.commandLineFile),
    };
  },
);
