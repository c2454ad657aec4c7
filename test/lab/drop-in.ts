// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type LabMachine } from './lab-machine.js';
import { output } from './run.js';

const folderOf = (unit: string): string => `/run/systemd/system/${unit}.d`;

/** Adds lines to `[Service]` of a system unit, until `removeDropIn` or the machine's next boot (systemd.unit(5)). */
export async function addDropIn(machine: LabMachine, unit: string, ...lines: string[]): Promise<void> {
  const folder = folderOf(unit);
  const write = `mkdir -p ${folder} && printf '%s\\n' '[Service]' "$@" > ${folder}/test.conf && systemctl daemon-reload`;
  await output(machine.enter(['sh', '-c', write, 'sh', ...lines]));
}

export async function removeDropIn(machine: LabMachine, unit: string): Promise<void> {
  await output(machine.enter(['sh', '-c', `rm -r ${folderOf(unit)} && systemctl daemon-reload`]));
}
