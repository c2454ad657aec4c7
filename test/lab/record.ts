// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { LabMachine } from './lab-machine.js';
import { output } from './run.js';

/** The path where the shipped units keep the audit log of a machine's program. */
export const recordOf = ({ name }: LabMachine): string =>
  name === 'admin-vm' ? '/var/log/givc-admin/audit.log' : '/var/log/givc-agent/audit.log';

/** The lines of a machine's audit log, its older files included, oldest first. */
export async function recordedLines(machine: LabMachine): Promise<string[]> {
  const text = await output(machine.enter(['sh', '-c', `cat $(ls -r ${recordOf(machine)}*)`]));
  return text.split('\n').filter((line) => line !== '');
}
