// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { journal } from '@givc/rpc';
import { formatEntry } from './formats.js';

const at = new Date(2026, 10, 5, 7, 8, 9).getTime() * 1_000;
const field = (name: string, value: Buffer | string, cut_bytes = 0) => ({ name, value: Buffer.from(value), cut_bytes });
const entry = (message: Buffer | string, cut = 0): journal.Entry => ({
  realtime_us: at,
  fields: [
    field('MESSAGE', message, cut),
    field('SYSLOG_IDENTIFIER', 'web'),
    field('_PID', '12'),
    field('_HOSTNAME', 'net-vm'),
    field('PRIORITY', '6'),
  ],
});
const format = (...args: Parameters<typeof formatEntry>) => formatEntry(...args).toString('latin1');

describe('formatEntry', () => {
  it('has lines as in a log file, with the lines of a message below each other', () => {
    expect(format(entry('hello\nworld'), 'short', false)).toBe(
      `Nov 05 07:08:09 net-vm web[12]: hello\n${' '.repeat(32)}world\n`,
    );
  });

  it('has the name of the program where there is no identifier', () => {
    const fields = [field('MESSAGE', 'x'), field('_COMM', 'nginx')];
    expect(format({ realtime_us: at, fields }, 'short', false)).toBe('Nov 05 07:08:09 nginx: x\n');
    expect(format({ realtime_us: at, fields: [] }, 'short', false)).toBe('Nov 05 07:08:09 unknown: \n');
  });

  it('escapes control characters in short lines everywhere, also in the name of a program', () => {
    const { fields } = entry('\u001b[2J');
    const evil = { realtime_us: at, fields: [field('SYSLOG_IDENTIFIER', 'a\u001b]0;x\u0007'), ...fields] };
    for (const isTerminal of [true, false])
      expect(format(evil, 'short', isTerminal)).toBe('Nov 05 07:08:09 net-vm a\\x1b]0;x\\x07[12]: \\x1b[2J\n');
  });

  it('says that a message is not whole', () => {
    expect(format(entry('hel', 7), 'short', false)).toMatch(/: hel \[7 more bytes are cut off\]\n$/);
    expect(JSON.parse(format(entry('hel', 7), 'json', false))).toMatchObject({ MESSAGE: 'hel', GIVC_CUT_BYTES: '7' });
  });

  it('has the names of the journal in JSON, one object on a line', () => {
    const line = format(entry('a\n\u001b'), 'json', false);
    expect([...line].filter((character) => character < ' ')).toEqual(['\n']);
    expect(JSON.parse(line)).toEqual({
      __REALTIME_TIMESTAMP: String(at),
      MESSAGE: 'a\n\u001b',
      SYSLOG_IDENTIFIER: 'web',
      _PID: '12',
      _HOSTNAME: 'net-vm',
      PRIORITY: '6',
    });
  });

  it('has bytes that are no text, and repeated fields, as arrays in JSON', () => {
    const fields = [field('MESSAGE', Buffer.from([0xff, 0])), field('_COMM', 'a'), field('_COMM', 'b')];
    expect(JSON.parse(format({ realtime_us: 1, fields }, 'json', false))).toEqual({
      __REALTIME_TIMESTAMP: '1',
      MESSAGE: [255, 0],
      _COMM: ['a', 'b'],
    });
  });

  it('passes bytes of messages on unchanged, but not to a terminal', () => {
    const bytes = Buffer.from([0xff, 0x1b, 0x0a, 0x61]);
    expect(format(entry(bytes), 'cat', false)).toBe(`${bytes.toString('latin1')}\n`);
    expect(format(entry(bytes), 'cat', true)).toBe('\\xff\\x1b\na\n');
  });
});
