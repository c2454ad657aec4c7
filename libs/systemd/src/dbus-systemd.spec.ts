// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { UnitName } from '@givc/model';
import { DbusSystemd } from './dbus-systemd.js';

describe('a bus without systemd', () => {
  let daemon: ChildProcess;
  let address: string;
  beforeAll(async () => {
    daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    address = String((await once(daemon.stdout!, 'data'))[0]).trim();
  });
  afterAll(async () => {
    daemon.kill();
    await once(daemon, 'exit');
  });

  it('makes every call fail with UNAVAILABLE until systemd is there', async () => {
    const systemd = await DbusSystemd.connect({ bus: 'session', address });
    await expect(systemd.unitStatus('web.service' as UnitName)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await systemd.close();
  });
});
