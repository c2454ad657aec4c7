// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { group, times } from '../measurement.js';

const repetitions = 5;

/** The whole command, with a NetworkManager that answers at once. */
export const wifi = group(['wrongPassword'], async ({ lab }) => {
  const netVm = lab.machine('net-vm');
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'wrong horse\n', { mode: 0o600 });
  await netVm.systemctl('start', 'NetworkManager.service');
  try {
    const measured: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const { ms, stderr } = await lab.cli(['wifi', 'connect', 'home', '--password-file', file]);
      if (!stderr.includes('wrong password')) throw new Error(stderr);
      measured.push(ms);
    }
    return { wrongPassword: times(measured) };
  } finally {
    await netVm.systemctl('stop', 'NetworkManager.service');
    rmSync(folder, { recursive: true });
  }
});
