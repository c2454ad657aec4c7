// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';
import type { Peer } from '../identity/peer.js';
import { Audit, type AuditEvent } from './audit.js';

const peer = { name: 'net-vm' } as Peer;
const caller = { peer, address: '192.168.101.6' };

/** The lines that one event writes. */
function lineOf(event: AuditEvent, kind: 'change' | 'rejection' = 'change'): string {
  const lines: string[] = [];
  const audit = new Audit({ write: (line) => lines.push(line), reload: () => undefined, close: () => undefined });
  audit[kind](event);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

describe('a line of the audit log', () => {
  it('contains the caller, its address, the rpc, the request, the answer, the duration and the rule', () => {
    const event = {
      ...{ caller, rpc: '/admin.AdminService/StartVM', request: { VmName: 'gui-vm' }, answer: 'PERMISSION_DENIED' },
      ...{ ms: 1.23456, rule: 'rules.cedar:3', reason: 'a rule forbids it' },
    };
    expect(JSON.parse(lineOf(event))).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      peer: 'net-vm',
      address: '192.168.101.6',
      rpc: '/admin.AdminService/StartVM',
      request: { VmName: 'gui-vm' },
      answer: 'PERMISSION_DENIED',
      ms: 1.23,
      rule: 'rules.cedar:3',
      reason: 'a rule forbids it',
    });
  });

  it('has a limited length, whatever a caller sends', () => {
    const long = 'x'.repeat(4e6);
    const request = { Address: long, Parts: Array<string>(100).fill(long), Pid: 7 };
    const {
      rpc,
      request: recorded,
      reason,
    } = JSON.parse(lineOf({ caller, rpc: `/${long}`, request, answer: 'INTERNAL', reason: long })) as AuditEvent;
    expect([rpc, reason].map((text) => text!.length)).toEqual([512, 512]);
    expect(recorded).toEqual({ Address: 'x'.repeat(512), Parts: Array(64).fill('x'.repeat(512)), Pid: 7 });
  });

  it('leaves out unknown fields', () => {
    const line = lineOf({ caller: { peer: undefined, address: undefined }, answer: 'TLS' });
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['time', 'answer']);
  });

  it('contains at most 512 characters of a reason', () => {
    expect(JSON.parse(lineOf({ caller, answer: 'TLS', reason: 'y'.repeat(600) }))).toMatchObject({
      reason: 'y'.repeat(512),
    });
  });

  it('is one line without control characters, whatever a caller has sent', () => {
    const line = lineOf({ caller, answer: 'OK', request: { AppName: 'a\n{"answer":"OK"}\u001b[2J\u009b2J\u202e' } });
    expect(line).toContain('"request":{"AppName":"a\\n{\\"answer\\":\\"OK\\"}\\u001b[2J\\u009b2J\\u202e"}');
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe('recorded rejections', () => {
  it('are limited for each peer, by its address when it has no name', () => {
    const lines: string[] = [];
    const audit = new Audit({ write: (line) => lines.push(line), reload: () => undefined, close: () => undefined });
    const reject = (who: AuditEvent['caller'], times: number) => {
      lines.length = 0;
      for (let n = 0; n < times; n++) audit.rejection({ caller: who, answer: 'TLS' });
      return lines.length;
    };
    jest.spyOn(performance, 'now').mockReturnValue(0);
    expect(reject(caller, 60)).toBe(50);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ answer: 'TLS', suppressing: true });
    expect(reject({ peer, address: '10.0.0.1' }, 1)).toBe(0);
    expect(reject({ peer: undefined, address: '192.168.101.6' }, 60)).toBe(50);
    expect(reject({ peer: undefined, address: '192.168.101.7' }, 1)).toBe(1);
    jest.restoreAllMocks();
  });

  it('do not limit the records of changes', () => {
    const lines: string[] = [];
    const audit = new Audit({ write: (line) => lines.push(line), reload: () => undefined, close: () => undefined });
    for (let n = 0; n < 60; n++) audit.rejection({ caller, answer: 'TLS' });
    lines.length = 0;
    audit.change({ caller, answer: 'OK' });
    expect(lines).toHaveLength(1);
  });
});

describe('failed changes', () => {
  const begin = (audit: Audit, who: AuditEvent['caller'], answer: string) =>
    audit.ended(audit.begin({ caller: who }), { caller: who, answer });
  const auditTo = (lines: string[], relay?: VmName) =>
    new Audit({ write: (line) => lines.push(line), reload: () => undefined, close: () => undefined }, relay);

  beforeEach(() => jest.spyOn(performance, 'now').mockReturnValue(0));
  afterEach(() => jest.restoreAllMocks());

  it('are limited for one caller to 50 at once, and then one a second', () => {
    const lines: string[] = [];
    const audit = auditTo(lines);
    for (let n = 0; n < 100; n++) begin(audit, caller, 'OK');
    for (let n = 0; n < 50; n++) begin(audit, caller, n % 2 ? 'INVALID_ARGUMENT' : 'CANCELLED');
    expect(lines).toHaveLength(300);
    expect(() => begin(audit, caller, 'OK')).toThrow(
      'too many changes of one caller have failed: at most 1 a second, 50 at once',
    );
    begin(audit, { peer: undefined, address: '10.0.0.1' }, 'OK');
    jest.spyOn(performance, 'now').mockReturnValue(1_000);
    begin(audit, caller, 'NOT_FOUND');
    expect(() => begin(audit, caller, 'OK')).toThrow('too many changes');
    expect(lines).toHaveLength(304);
  });

  it('are not limited for a relay', () => {
    const lines: string[] = [];
    const audit = auditTo(lines, 'net-vm' as VmName);
    for (let n = 0; n < 2_000; n++) begin(audit, caller, 'NOT_FOUND');
    expect(lines).toHaveLength(4_000);
  });
});
