// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { programUnit, type MachineName } from '../../lab/plan.js';
import { group, times, type Measurement } from '../measurement.js';
import { memoryOf, processOf, type Memory } from '../processes.js';

const agents: readonly MachineName[] = ['host', 'net-vm', 'gui-vm', 'chrome-vm'];

const memory = ({ resident, anonymous }: Memory): Measurement => ({
  text: `${resident.toFixed(0)} (${anonymous.toFixed(0)}) MB`,
  values: { residentMb: resident, anonymousMb: anonymous },
});

const memoryIn = (machine: MachineName): Memory => memoryOf(processOf(machine, programUnit(machine)));

/** The agent that needs most memory. Measured after the calls, because a program that has worked needs more. */
export const programs = group(['adminMemory', 'agentMemory', 'commandLine'], async ({ lab }) => {
  const largest = agents.map(memoryIn).reduce((most, next) => (next.resident > most.resident ? next : most));
  const measured: number[] = [];
  for (let done = 0; done < 15; done++) {
    const { status, stderr, ms } = await lab.cli(['query']);
    if (status !== 0) throw new Error(stderr);
    measured.push(ms);
  }
  return { adminMemory: memory(memoryIn('admin-vm')), agentMemory: memory(largest), commandLine: times(measured) };
});
