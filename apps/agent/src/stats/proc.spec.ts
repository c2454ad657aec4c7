// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProc } from './proc.js';

describe('proc(5)', () => {
  it('contains this process', async () => {
    const { memory, load, cpu, processes } = await readProc();
    const own = processes.get(String(process.pid))!;
    expect(own.residentPages * 4096).toBeGreaterThan(1024 * 1024);
    expect(memory.Total).toBeGreaterThan(memory.Free);
    expect(cpu.total).toBeGreaterThanOrEqual(cpu.user + cpu.sys);
    expect(load.Load15Min).toBeGreaterThanOrEqual(0);
  });

  it('may contain processes that end during the read, and more than one iteration reads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-proc-'));
    writeFileSync(join(folder, 'stat'), 'cpu  1 2 3 4 5 6 7 8 0 0\n');
    for (const file of ['meminfo', 'loadavg']) writeFileSync(join(folder, file), '');
    for (let pid = 1; pid <= 50; pid++) mkdirSync(join(folder, String(pid)));
    for (let pid = 2; pid <= 50; pid++)
      writeFileSync(join(folder, String(pid), 'stat'), `${pid} (p ${pid}) S${' 7'.repeat(21)}\n`);
    const { processes } = await readProc(folder);
    expect(processes.size).toBe(49);
    expect(processes.get('50')).toEqual({
      ...{ name: 'p 50', state: 'S', user: 7, sys: 7, started: '7', residentPages: 7 },
    });
    rmSync(folder, { recursive: true });
  });
});
