// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { newTraceContext, OpenTrace } from '@givc/trace';
import { formatEvent, levels, Log, type Level } from './log.js';

/** The lines of a log with this level after one event of each level. */
function writtenAt(level: Level | undefined, isJournald: boolean): string {
  let written = '';
  const log = new Log(level, (line) => (written += line), isJournald);
  log.error('disk full', { free: 0 });
  log.warn('clock is wrong');
  log.info('listening', { address: '127.0.0.1:9000' });
  log.debug('call', { rpc: '/a.B/C' });
  return written;
}

describe('an event', () => {
  it('is only its message when it has no fields', () => {
    expect(formatEvent('listening')).toBe('listening');
    expect(formatEvent('listening', {})).toBe('listening');
  });

  it('contains its fields in their order, without undefined ones', () => {
    expect(formatEvent('agent lost', { vm: 'net-vm', since: undefined, ms: 2500, isKnown: false })).toBe(
      'agent lost vm=net-vm ms=2500 isKnown=false',
    );
  });

  it.each([
    ['a word', 'net-vm', 'net-vm'],
    ['an address', '[::1]:9000', '[::1]:9000'],
    ['letters of another language', 'käyttäjä', 'käyttäjä'],
    ['nothing', '', '""'],
    ['a space', 'two words', '"two words"'],
    ['what looks like a field', 'a=b', '"a=b"'],
    ['a quote', 'a"b', '"a\\"b"'],
    ['a backslash', 'a\\nb', '"a\\\\nb"'],
    ['a newline and a forged event', 'x\n<3>root login', '"x\\n<3>root login"'],
    ['a carriage return', 'x\rerror: forged', '"x\\rerror: forged"'],
    ['ESC', '\u001b[2J', '"\\u001b[2J"'],
    ['the CSI of eight bits', '\u009b2J', '"\\u009b2J"'],
    ['DEL', '\u007f', '"\\u007f"'],
    ['NUL', 'a\0b', '"a\\u0000b"'],
    ['a line separator of Unicode', 'a\u2028b', '"a\\u2028b"'],
    ['an override of the direction of text', 'a\u202eb', '"a\\u202eb"'],
  ])('shows a value with %s so that it can be distinguished from the rest of the line', (_, value, shown) => {
    expect(formatEvent('m', { key: value, next: 1 })).toBe(`m key=${shown} next=1`);
  });

  it.each([
    ['a plain message', 'VM "net-vm" has started', 'VM "net-vm" has started'],
    ['a newline and a priority', 'x\n<3>forged', '"x\\n<3>forged"'],
    ['ESC', '\u001b]0;title\u0007', '"\\u001b]0;title\\u0007"'],
    ['the CSI of eight bits', '\u009b2J', '"\\u009b2J"'],
    ['a line separator of Unicode', 'a\u2029b', '"a\\u2029b"'],
    ['an override of the direction of text', '\u202ea', '"\\u202ea"'],
  ])('keeps its message on one line: %s', (_, message, shown) => {
    expect(formatEvent(message, { n: 1 })).toBe(`${shown} n=1`);
  });
});

describe('a log', () => {
  it('begins each line with the priority of syslog(3) under journald', () => {
    expect(writtenAt('debug', true)).toBe(
      '<3>disk full free=0\n<4>clock is wrong\n<6>listening address=127.0.0.1:9000\n<7>call rpc=/a.B/C\n',
    );
  });

  it('begins each line with the name of its level elsewhere', () => {
    expect(writtenAt('debug', false)).toBe(
      'error: disk full free=0\nwarn: clock is wrong\ninfo: listening address=127.0.0.1:9000\ndebug: call rpc=/a.B/C\n',
    );
  });

  it('puts its own priority before one that a message claims', () => {
    let written = '';
    new Log('info', (line) => (written += line), true).info('<0>panic', { from: '<0>net-vm' });
    expect(written).toBe('<6><0>panic from=<0>net-vm\n');
  });

  it.each<[Level | undefined, string[]]>([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    [undefined, ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ])('writes at level %s this level and the more severe ones', (level, expected) => {
    const lines = writtenAt(level, false).trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual(expected);
  });

  it('lists its levels with the most severe first', () => {
    expect(levels).toEqual(['error', 'warn', 'info', 'debug']);
  });

  describe('with the default format', () => {
    const variables = ['JOURNAL_STREAM', 'INVOCATION_ID'] as const;
    const before = variables.map((name) => process.env[name]);
    const written: string[] = [];

    beforeEach(() => {
      for (const name of variables) delete process.env[name];
      written.length = 0;
      jest.spyOn(process.stderr, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    });
    afterEach(() => {
      jest.restoreAllMocks();
      for (const [at, name] of variables.entries()) {
        delete process.env[name];
        if (before[at] !== undefined) process.env[name] = before[at];
      }
    });

    it('writes names of levels to stderr', () => {
      new Log('info').info('started');
      expect(written).toEqual(['info: started\n']);
    });

    it.each(variables)('writes priorities where systemd has set %s (systemd.exec(5))', (name) => {
      process.env[name] = '8:12345';
      new Log('info').info('started');
      expect(written).toEqual(['<6>started\n']);
    });
  });
});

describe('an event of a trace', () => {
  it('ends with the trace id, which it has once', () => {
    const lines: string[] = [];
    const log = new Log('info', (line) => lines.push(line), false);
    const trace = new OpenTrace(newTraceContext());
    const { traceId } = trace.context;
    trace.run(() => {
      log.info('starting VM', { vm: 'net-vm' });
      log.info('stopping');
      log.info('call ended', { trace_id: 'other' });
    });
    trace.close();
    log.info('after it');
    expect(lines).toEqual([
      `info: starting VM vm=net-vm trace_id=${traceId}\n`,
      `info: stopping trace_id=${traceId}\n`,
      'info: call ended trace_id=other\n',
      'info: after it\n',
    ]);
  });
});
