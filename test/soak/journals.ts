// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import { type Lab } from '../lab/lab.js';
import { machineNames, type MachineName } from '../lab/plan.js';

const lastLines = 12;

async function journalOf(lab: Lab, name: MachineName): Promise<string[]> {
  const machine = lab.machine(name);
  try {
    const lines = (await machine.journal(machine.program)).trimEnd().split('\n');
    return lines.filter((line) => !line.includes(' givc-audit[')).slice(-lastLines);
  } catch (error) {
    return [messageOf(error).split('\n')[0]!];
  }
}

/**
 * The last log lines of the admin and of the agents of the machines that these rows begin with, indented, without audit
 * records.
 */
export async function journals(lab: Lab, rows: readonly string[]): Promise<string> {
  const names = machineNames.filter((name) => name === 'admin-vm' || rows.some((row) => row.startsWith(`${name} `)));
  const texts = names.map(async (name) => [
    `    ${lab.machine(name).program} said last`,
    ...(await journalOf(lab, name)),
  ]);
  return (await Promise.all(texts)).flatMap((lines) => lines.join('\n      ')).join('\n');
}
