// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseCpu, parseLoad, parseMemory, parseProcess } from './proc-files.js';

/** A line of /proc/PID/stat, with the fields that are read at their positions. */
const line = (name: string): string =>
  `4711 (${name}) R 1 4711 4711 0 -1 4194560 1 2 3 4 70 30 5 6 20 0 1 0 123456 10000000 250 18446744073709551615 1 1 0 0\n`;

describe('a process', () => {
  it.each(['bash', 'tmux: server', 'a) R 1 (b', '(sd-pam)', ') S', 'kworker/0:1-ev', '漢字'])(
    'may be called %s',
    (name) => {
      expect(parseProcess(line(name))).toEqual({
        ...{ name, state: 'R', user: 70, sys: 30, started: '123456', residentPages: 250 },
      });
    },
  );

  it.each(['', '4711', '4711 (bash) R 1', '4711 (bash'])(
    'is undefined when its line is %j because it has ended',
    (text) => {
      expect(parseProcess(text)).toBeUndefined();
    },
  );
});

describe('a file of /proc', () => {
  it('has the sum of all ticks, with those of guests counted once', () => {
    expect(parseCpu('cpu  100 20 50 1000 30 3 2 5 40 10\ncpu0 1 1 1 1\n')).toEqual({ user: 120, sys: 55, total: 1210 });
  });

  it('has the memory in bytes', () => {
    const meminfo =
      'MemTotal:       2048 kB\nMemFree:  512 kB\nMemAvailable: 1024 kB\nSwapCached: 9 kB\nCached:   256 kB\n';
    expect(parseMemory(meminfo)).toEqual({ Total: 2097152, Free: 524288, Available: 1048576, Cached: 262144 });
    expect(parseMemory('MemTotal: 1 kB\n')).toEqual({ Total: 1024, Free: 0, Available: 0, Cached: 0 });
  });

  it('has the load average of one, five and fifteen minutes', () => {
    expect(parseLoad('0.25 1.50 2.00 3/456 789\n')).toEqual({ Load1Min: 0.25, Load5Min: 1.5, Load15Min: 2 });
  });
});
