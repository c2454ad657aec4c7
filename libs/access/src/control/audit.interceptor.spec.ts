// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ExecutionContext } from '@nestjs/common';
import { defer, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
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

const contextOf = (call: FakeCall, request: unknown): ExecutionContext => {
  const args = [request, {}, call];
  return { getArgs: () => args, getArgByIndex: (at: number) => args[at] } as unknown as ExecutionContext;
};

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

  /** Runs a call to its end; returns the result of its caller. */
  function run(rpc: string, answer: Observable<unknown>, { call = new FakeCall(rpc), request = {} } = {}) {
    const got: unknown[] = [];
    interceptor.intercept(contextOf(call, request), { handle: () => answer }).subscribe({
      next: (value) => got.push(value),
      error: (error: unknown) => got.push(error),
      complete: () => got.push('the end'),
    });
    return got;
  }

  const ended = { call: 1, phase: 'ended' };
  const denied = new GivcError('PERMISSION_DENIED', 'not you');

  it('contains every call of an rpc that changes something, with its request and its duration', () => {
    expect(run(startVm, of('started'), { request: { VmName: 'net-vm' } })).toEqual(['started', 'the end']);
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
    const handle = jest.fn(() => {
      expect(begun).toEqual([
        {
          ...{ time: expect.any(String), address: '10.0.0.1', rpc: startVm, request: { VmName: 'net-vm' } },
          ...{ call: 1, phase: 'began' },
        },
      ]);
      return of({});
    });
    interceptor.intercept(contextOf(new FakeCall(startVm), { VmName: 'net-vm' }), { handle }).subscribe();
    expect(handle).toHaveBeenCalledTimes(1);
    run(startVm, of({}));
    expect(begun.map(({ call }) => call)).toEqual([1, 2]);
    expect(lines.map(({ call, phase }) => [call, phase])).toEqual([
      [1, 'ended'],
      [2, 'ended'],
    ]);
  });

  it('contains a change without an initial request once its handler notes it', () => {
    const call = new FakeCall('/exec.Exec/RunCommand');
    run(
      '/exec.Exec/RunCommand',
      new Observable((subscriber) => {
        expect(begun).toEqual([]);
        noteChange(call, { Command: '/bin/id' });
        expect(begun).toMatchObject([{ call: 1, request: { Command: '/bin/id' } }]);
        noteChange(call, { Command: '/bin/id', Pid: 7 });
        subscriber.complete();
      }),
      { call },
    );
    expect(begun).toHaveLength(1);
    expect(lines).toMatchObject([{ call: 1, phase: 'ended', request: { Command: '/bin/id', Pid: 7 } }]);
  });

  it('rejects changes of a caller that makes too many, before their handler runs', () => {
    jest.spyOn(performance, 'now').mockReturnValue(1_000);
    for (let n = 0; n < 1_000; n++) run(startVm, of({}));
    expect([begun.length, lines.length]).toEqual([1_000, 1_000]);
    const handle = jest.fn(() => of({}));
    const rejected: unknown[] = [];
    const from = (rpc: string) =>
      interceptor.intercept(contextOf(new FakeCall(rpc), {}), { handle }).subscribe({ error: (e) => rejected.push(e) });
    from(startVm);
    expect(handle).not.toHaveBeenCalled();
    expect(rejected).toEqual([expect.objectContaining({ reason: 'RESOURCE_EXHAUSTED' })]);
    expect(lines.at(-1)).toMatchObject({ answer: 'RESOURCE_EXHAUSTED' });
    from(queryList);
    expect(handle).toHaveBeenCalledTimes(1);
    jest.spyOn(performance, 'now').mockReturnValue(1_010);
    from(startVm);
    expect(handle).toHaveBeenCalledTimes(2);
  });

  it('contains a call of a read-only rpc only when its handler rejects it', () => {
    run(queryList, of('list'));
    run(
      queryList,
      throwError(() => new GivcError('UNAVAILABLE', 'later')),
    );
    run(
      queryList,
      throwError(() => new TypeError('broken')),
    );
    expect(lines).toEqual([]);
    for (const reason of ['PERMISSION_DENIED', 'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED'] as const)
      run(
        queryList,
        throwError(() => new GivcError(reason, 'no')),
      );
    expect(lines.map(({ answer, reason }) => [answer, reason])).toEqual([
      ['PERMISSION_DENIED', 'no'],
      ['UNAUTHENTICATED', 'no'],
      ['RESOURCE_EXHAUSTED', 'no'],
    ]);
  });

  it('contains a call that its handler notes as a change, with the fields that the handler adds', () => {
    const register = '/admin.AdminService/RegisterService';
    const request = { Name: 'web.service', Type: 9 };
    run(register, of({}), { request });
    const call = new FakeCall(register);
    const noting = defer(() => {
      noteChange(call, { Pid: 7 });
      return of({});
    });
    run(register, noting, { call, request });
    expect(lines.map(({ request: recorded }) => recorded)).toEqual([{ Name: 'web.service', Type: 9, Pid: 7 }]);
  });

  it.each<[string, unknown, object]>([
    ['its reason, and the message of a rejection', denied, { answer: 'PERMISSION_DENIED', reason: 'not you' }],
    ['only its reason without a rejection', new GivcError('NOT_FOUND', 'no such VM'), { answer: 'NOT_FOUND' }],
    ['INTERNAL for an unexpected error', new TypeError('secret'), { answer: 'INTERNAL' }],
  ])('contains for a failed change %s', (_, error, expected) => {
    expect(
      run(
        startVm,
        throwError(() => error),
      ),
    ).toEqual([error]);
    expect(lines).toEqual([
      { time: expect.any(String), address: '10.0.0.1', rpc: startVm, request: {}, ms: 10, ...ended, ...expected },
    ]);
  });

  it('contains once, as CANCELLED, a change whose caller hung up', () => {
    const call = new FakeCall(startVm);
    const handler = { handle: () => NEVER };
    const subscription = interceptor.intercept(contextOf(call, {}), handler).subscribe();
    expect(lines).toEqual([]);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(lines.map(({ answer }) => answer)).toEqual(['CANCELLED']);
  });

  it('contains a change once, even with several answers and events after its end', () => {
    const answers = new Subject<number>();
    const got = run(startVm, answers);
    answers.next(1);
    answers.next(2);
    expect(lines).toEqual([]);
    answers.complete();
    answers.error(denied);
    expect(got).toEqual([1, 2, 'the end']);
    expect(lines.map(({ answer }) => answer)).toEqual(['OK']);
  });

  it('contains every call of an unknown rpc, without its fields', () => {
    run('/new.Service/Method', of({}), { request: { Secret: 'x' } });
    expect(lines).toEqual([
      { time: expect.any(String), address: '10.0.0.1', rpc: '/new.Service/Method', answer: 'OK', ms: 10, ...ended },
    ]);
  });

  it('contains the rule that permitted the call', () => {
    const call = new FakeCall(startVm);
    setDecidingRule(call, 'rules.cedar:3');
    run(startVm, of({}), { call });
    expect(lines).toEqual([expect.objectContaining({ rule: 'rules.cedar:3' })]);
  });

  it('contains the request as it arrived, although the parsed one replaces it', () => {
    const args = [{ VmName: 'net-vm' } as unknown, {}, new FakeCall(startVm)];
    const context = { getArgs: () => args, getArgByIndex: (at: number) => args[at] } as unknown as ExecutionContext;
    const handle = () => {
      args[0] = { vm: 'parsed' };
      return of({});
    };
    interceptor.intercept(context, { handle }).subscribe();
    expect(lines).toEqual([expect.objectContaining({ request: { VmName: 'net-vm' } })]);
  });

  it('contains the outcome of each change that began, but a limited number of rejected ones', () => {
    for (let n = 0; n < 60; n++)
      run(
        startVm,
        throwError(() => new GivcError('NOT_FOUND', '')),
      );
    expect(lines).toHaveLength(60);
    lines.length = 0;
    jest.spyOn(performance, 'now').mockReturnValue(1_000_000);
    for (let n = 0; n < 60; n++)
      run(
        '/exec.Exec/RunCommand',
        throwError(() => new GivcError('INVALID_ARGUMENT', '')),
      );
    expect(lines).toHaveLength(50);
  });

  it('has the trace of the caller in each line, and the log has the end of the call', () => {
    const trace = new OpenTrace(newTraceContext());
    const { traceId } = trace.context;
    const answer = new Subject<unknown>();
    trace.run(() => run(startVm, answer, { request: { VmName: 'net-vm' } }));
    trace.run(() => run(queryList, of([])));
    // Ends in the code of another call.
    answer.complete();
    trace.close();
    expect([...begun, ...lines].map(({ trace_id }) => trace_id)).toEqual([traceId, traceId]);
    expect(logged.map((line) => line.replace(/ ms=\d+/, ''))).toEqual([
      `debug: call ended rpc=admin.AdminService/QueryList peer=10.0.0.1 answer=OK trace_id=${traceId}\n`,
      `debug: call ended rpc=admin.AdminService/StartVM peer=10.0.0.1 answer=OK trace_id=${traceId}\n`,
    ]);
    run(startVm, of({}));
    expect(lines.at(-1)).not.toHaveProperty('trace_id');
    expect(logged).toHaveLength(2);
  });
});
