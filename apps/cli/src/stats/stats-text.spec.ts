// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { size, statsJson, statsText } from './stats-text.js';

const stats = {
  Memory: { Total: 2 * 1024 ** 3, Free: 1024 ** 2, Available: 1.5 * 1024 ** 3, Cached: 1536 },
  Load: { Load1Min: 0.5, Load5Min: 1, Load15Min: 12.25 },
  Process: {
    CpuProcesses: [{ Name: 'a\u001b[2Jb', User: 10, Sys: 2.5, ResSetSize: 1 }],
    MemProcesses: [{ Name: 'chrome', User: 1, Sys: 0, ResSetSize: 51200 }],
    Total: 120,
    Running: 3,
    UserCycles: 100,
    SysCycles: 50,
    TotalCycles: 400,
  },
};

describe('the statistics of a machine', () => {
  it('have a line for memory and load, and tables of processes', () => {
    expect(statsText(stats)).toBe(
      [
        'Memory: 2.0 GiB, 1.5 GiB available, 1.0 MiB free, 1.5 KiB cached',
        'Load: 0.50 1.00 12.25',
        'CPU: 25.0 % user, 12.5 % system',
        'Processes: 120, 3 running',
        '',
        'CPU     USER    SYSTEM  PROCESS',
        '12.5 %  10.0 %  2.5 %   a [2Jb',
        '',
        'MEMORY     PROCESS',
        '200.0 MiB  chrome',
        '',
      ].join('\n'),
    );
  });

  it('leave out missing values', () => {
    const only = { Memory: undefined, Load: stats.Load, Process: undefined };
    expect(statsText(only)).toBe('Load: 0.50 1.00 12.25\n');
    expect(statsJson(only)).toEqual({ load: { load_1min: 0.5, load_5min: 1, load_15min: 12.25 } });
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 ** 5, '1024.0 TiB'],
  ])('show %d bytes as %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
});
