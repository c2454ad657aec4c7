import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { group, times } from '../measurement.js';

const rounds = 5;

/** The whole command, beside a NetworkManager that knows at once. */
export const wifi = group(['wrongPassword'], async ({ lab }) => {
  const netVm = lab.machine('net-vm');
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'wrong horse\n', { mode: 0o600 });
  await netVm.systemctl('start', 'NetworkManager.service');
  try {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { ms, stderr } = await lab.cli(['wifi', 'connect', 'home', '--password-file', file]);
      if (!stderr.includes('wrong password')) throw new Error(stderr);
      taken.push(ms);
    }
    return { wrongPassword: times(taken) };
  } finally {
    await netVm.systemctl('stop', 'NetworkManager.service');
    rmSync(folder, { recursive: true });
  }
});
