// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { parseCpu, parseLoad, parseMemory, parseProcess } from '../../apps/agent/src/stats/proc-files.js';
import { parseStat } from '../../libs/systemd/src/control-group.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';

const numbers = [
  ...['1', '2', '2', '0', '-1', '4194304', '100', '0', '0', '0', '7', '3', '0', '0', '20', '0', '11', '0', '123456'],
  ...[
    '620000000',
    '12345',
    '18446744073709551615',
    '1',
    '1',
    '0',
    '0',
    '0',
    '0',
    '0',
    '4096',
    '0',
    '0',
    '0',
    '0',
    '17',
  ],
].join(' ');
const line = (name: string): string => `4242 (${name}) S ${numbers}\n`;
const names = ['node', 'a) R 1', '((', ') ', 'x'.repeat(15), '\n', ''];

/** A process chooses its own name, and the kernel may cut a name anywhere. */
export const processLines = target({
  ...{
    name: 'process-lines',
    parses: 'parseProcess of apps/agent and parseStat of libs/systemd: /proc/PID/stat',
    rejection: 'never',
  },
  input: texts(names, [')', '(', ' ', ') R ']).map((name) => line(name.slice(0, 64))),
  pump: { seeds: names, input: (text) => line(text) },
  parse: (stat) => ({ process: parseProcess(stat), sums: parseStat(stat) }),
  accepted: ({ process, sums }, stat) => {
    assert(process);
    assert.equal(process.name, stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')));
    for (const number of [process.user, process.sys, process.residentPages])
      assert(Number.isSafeInteger(number) && number >= 0);
    assert.equal(sums.cpuNsec, BigInt(process.user + process.sys) * 10_000_000n);
    assert.equal(sums.residentBytes, process.residentPages * 4_096);
  },
});

const files = [
  'cpu  100 0 50 9000 3 0 1 0 0 0\ncpu0 100 0 50 9000 3 0 1 0 0 0\nctxt 1\n',
  'MemTotal:        8000000 kB\nMemFree:         1000000 kB\nMemAvailable:    4000000 kB\nCached:           900000 kB\n',
  '0.52 0.58 0.59 1/467 12345\n',
];

export const procFiles = target({
  ...{
    name: 'proc-files',
    parses: 'parseCpu, parseMemory and parseLoad of apps/agent',
    input: texts(files, ['kB', ' ', '\n']),
    rejection: 'never',
  },
  pump: { seeds: files, input: (text) => text },
  parse: (text) => ({ cpu: parseCpu(text), memory: parseMemory(text), load: parseLoad(text) }),
  accepted: ({ memory }) => {
    for (const bytes of Object.values(memory)) assert(typeof bytes === 'number' && bytes >= 0);
  },
});
