// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import type { ServerCall } from '@givc/rpc';
import { newTraceContext, OpenTrace } from '@givc/trace';
import type { Access } from '../access.js';
import type { Authorizer } from './authorizer.js';
import { Recheck } from './recheck.js';
import { setDecidingRule } from '../audit/deciding-rule.js';
import { Audit } from '../audit/audit.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { noteChange } from '../audit/recorded-call.js';

const startVm = '/admin.AdminService/StartVM';
const queryList = '/admin.AdminService/QueryList';

class FakeCall {
  constructor(private readonly rpc: string) {}

  getPath = () => this.rpc;
  getPeer = () => '10.0.0.1:5000';
  getAuthContext = () => ({});
}

describe('the audit log of calls', () => {
  /** Lines with an answer. */
  let lines: Record<string, unknown>[];
  /** Lines of changes that begin. */
  let begun: Record<string, unknown>[];
  let logged: string[];
  let interceptor: AuditInterceptor;

  beforeEach(() => {
    lines = [];
    logged = [];
    begun = [];
    const write = (text: string) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      (line['phase'] === 'began' ? begun : lines).push(line);
    };
    interceptor = new AuditInterceptor(
      new Audit({ write, reload: () => undefined, close: () => undefined }),
      new Recheck({ rules: undefined } as Access, {} as Authorizer),
      new Log('debug', (line) => logged.push(line), false),
    );
    let now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 5));
  });
  afterEach(() => jest.restoreAllMocks());

  interface Run {
    readonly call?: FakeCall;
    readonly request?: object;
    readonly handler?: () => void;
  }

  /** A call whose handler has not ended; the result ends it. */
  const open = (rpc: string, { call = new FakeCall(rpc), request = {} }: Run = {}) =>
    interceptor.intercept(call as unknown as ServerCall, request, () => undefined);

  /** Runs a call to its end. */
  function run(rpc: string, answer: string, { handler, ...more }: Run = {}, message?: string): void {
    const end = open(rpc, more);
    handler?.();
    end(answer, message);
  }

  const ended = { call: 1, phase: 'ended' };

  it('contains every call of an rpc that changes something, with its request and its duration', () => {
    run(startVm, 'OK', { request: { VmName: 'net-vm' } });
    expect(lines).toEqual([
      {
        time: expect.any(String),
        address: '10.0.0.1',
        rpc: startVm,
        request: { VmName: 'net-vm' },
        answer: 'OK',
        ms: 10,
        call: 1,
        phase: 'ended',
      },
    ]);
  });

  it('contains the begin of a change before its handler runs, and its outcome under the same number', () => {
    const handler = () =>
      expect(begun).toEqual([
        {
          ...{ time: expect.any(String), address: '10.0.0.1', rpc: startVm, request: { VmName: 'net-vm' } },
          ...{ call: 1, phase: 'began' },
        },
      ]);
    run(startVm, 'OK', { request: { VmName: 'net-vm' }, handler });
    run(startVm, 'OK');
    expect(begun.map(({ call }) => call)).toEqual([1, 2]);
    expect(lines.map(({ call, phase }) => [call, phase])).toEqual([
      [1, 'ended'],
      [2, 'ended'],
    ]);
  });

  it('contains a change without an initial request once its handler notes it', () => {
    const call = new FakeCall('/exec.Exec/RunCommand');
    const handler = () => {
      expect(begun).toEqual([]);
      noteChange(call, { Command: '/bin/id' });
      expect(begun).toMatchObject([{ call: 1, request: { Command: '/bin/id' } }]);
      noteChange(call, { Command: '/bin/id', Pid: 7 });
    };
    run('/exec.Exec/RunCommand', 'OK', { call, handler });
    expect(begun).toHaveLength(1);
    expect(lines).toMatchObject([{ call: 1, phase: 'ended', request: { Command: '/bin/id', Pid: 7 } }]);
  });

  it('rejects changes of a caller that makes too many, before their handler runs', () => {
    jest.spyOn(performance, 'now').mockReturnValue(1_000);
    for (let n = 0; n < 1_000; n++) run(startVm, 'OK');
    expect([begun.length, lines.length]).toEqual([1_000, 1_000]);
    expect(() => open(startVm)).toThrow(expect.objectContaining({ reason: 'RESOURCE_EXHAUSTED' }) as Error);
    expect(lines.at(-1)).toMatchObject({ answer: 'RESOURCE_EXHAUSTED', reason: expect.stringContaining('too many') });
    open(queryList);
    jest.spyOn(performance, 'now').mockReturnValue(1_010);
    open(startVm);
    expect(begun).toHaveLength(1_001);
  });

  it('contains a call of a read-only rpc only when its handler rejects it', () => {
    run(queryList, 'OK');
    run(queryList, 'UNAVAILABLE', {}, 'later');
    run(queryList, 'INTERNAL');
    expect(lines).toEqual([]);
    for (const reason of ['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED'])
      run(queryList, reason, {}, 'no');
    expect(lines.map(({ answer, reason }) => [answer, reason])).toEqual([
      ['PERMISSION_DENIED', 'no'],
      ['UNAUTHENTICATED', 'no'],
      ['RESOURCE_EXHAUSTED', 'no'],
    ]);
  });

  it('contains a call that its handler notes as a change, with the fields that the handler adds', () => {
    const register = '/admin.AdminService/RegisterService';
    const request = { Name: 'web.service', Type: 9 };
    run(register, 'OK', { request });
    const call = new FakeCall(register);
    run(register, 'OK', { call, request, handler: () => noteChange(call, { Pid: 7 }) });
    expect(lines.map(({ request: recorded }) => recorded)).toEqual([{ Name: 'web.service', Type: 9, Pid: 7 }]);
  });

  it.each<[string, [answer: string, message?: string], object]>([
    ['its reason, and the message of a rejection', ['PERMISSION_DENIED', 'not you'], { reason: 'not you' }],
    ['only its reason without a rejection', ['NOT_FOUND', 'no such VM'], {}],
    ['INTERNAL for an unexpected error', ['INTERNAL'], {}],
    ['CANCELLED when its caller hung up', ['CANCELLED'], {}],
  ])('contains for a failed change %s', (_, [answer, message], expected) => {
    run(startVm, answer, {}, message);
    expect(lines).toEqual([
      {
        time: expect.any(String),
        address: '10.0.0.1',
        rpc: startVm,
        request: {},
        answer,
        ms: 10,
        ...ended,
        ...expected,
      },
    ]);
  });

  it('contains a change once', () => {
    const end = open(startVm);
    expect(lines).toEqual([]);
    end('OK');
    end('PERMISSION_DENIED', 'not you');
    expect(lines.map(({ answer }) => answer)).toEqual(['OK']);
  });

  it('contains every call of an unknown rpc, without its fields', () => {
    run('/new.Service/Method', 'OK', { request: { Secret: 'x' } });
    expect(lines).toEqual([
      { time: expect.any(String), address: '10.0.0.1', rpc: '/new.Service/Method', answer: 'OK', ms: 10, ...ended },
    ]);
  });

  it('contains the rule that permitted the call', () => {
    const call = new FakeCall(startVm);
    setDecidingRule(call, 'rules.cedar:3');
    run(startVm, 'OK', { call });
    expect(lines).toEqual([expect.objectContaining({ rule: 'rules.cedar:3' })]);
  });

  it('contains the outcome of each change that began, but a limited number of rejected ones', () => {
    for (let n = 0; n < 50; n++) run(startVm, 'NOT_FOUND');
    expect(lines).toHaveLength(50);
    lines.length = 0;
    jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
    for (let n = 0; n < 60; n++) run('/exec.Exec/RunCommand', 'INVALID_ARGUMENT');
    expect(lines).toHaveLength(50);
  });

  it('has the trace of the caller in each line, and the log has the end of the call', () => {
    const trace = new OpenTrace(newTraceContext());
    const { traceId } = trace.context;
    const end = trace.run(() => open(startVm, { request: { VmName: 'net-vm' } }));
    trace.run(() => run(queryList, 'OK'));
    // Ends in the code of another call.
    end('OK');
    trace.close();
    expect([...begun, ...lines].map(({ trace_id }) => trace_id)).toEqual([traceId, traceId]);
    expect(logged.map((line) => line.replace(/ ms=\d+/, ''))).toEqual([
      `debug: call ended rpc=admin.AdminService/QueryList peer=10.0.0.1 answer=OK trace_id=${traceId}\n`,
      `debug: call ended rpc=admin.AdminService/StartVM peer=10.0.0.1 answer=OK trace_id=${traceId}\n`,
    ]);
    run(startVm, 'OK');
    expect(lines.at(-1)).not.toHaveProperty('trace_id');
    expect(logged).toHaveLength(2);
  });
});
