import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { NEVER, of, Subject, throwError, type Observable, type Subscription } from 'rxjs';
import { GivcError } from '@givc/model';
import { GrpcServer } from './grpc-server.js';
import { serverLimits, type ServerLimits } from './limits.js';
import { OpenCallsInterceptor } from './open-calls.interceptor.js';

interface Caller {
  readonly certificate?: string;
  readonly address?: string;
}

const contextOf = ({ certificate, address = '127.0.0.1:5000' }: Caller): ExecutionContext => {
  const call = {
    getAuthContext: () => (certificate === undefined ? {} : { sslPeerCertificate: { fingerprint256: certificate } }),
    getPeer: () => address,
  };
  return { getArgs: () => [{}, {}, call] } as unknown as ExecutionContext;
};

/** The calls of a server with these limits. */
class Calls {
  readonly closing = new Subject<never>();
  readonly #interceptor: OpenCallsInterceptor;

  constructor(limits: Partial<ServerLimits> = {}) {
    const server = { closing: this.closing, limits: { ...serverLimits, ...limits } };
    this.#interceptor = new OpenCallsInterceptor(server as unknown as GrpcServer);
  }

  /** What comes of a call: a reason, or how to end it. */
  open(caller: Caller, handle: () => Observable<unknown> = () => NEVER): string | Subscription {
    let reason: string | undefined;
    const handler: CallHandler = { handle };
    const subscription = this.#interceptor.intercept(contextOf(caller), handler).subscribe({
      error: (error: GivcError) => (reason = error.reason),
    });
    return reason ?? subscription;
  }

  /** Opens so many calls, and returns how many of them were refused. */
  openMany(count: number, caller: Caller): number {
    let refused = 0;
    for (let n = 0; n < count; n++) if (this.open(caller) === 'RESOURCE_EXHAUSTED') refused++;
    return refused;
  }
}

describe('the open calls of a server', () => {
  it('are at most 6,000, of which 1,500 are of one caller, unless said otherwise', () => {
    const { limits } = new GrpcServer({ listen: [], tls: undefined, services: [] });
    expect(limits).toMatchObject({ openCalls: 6_000, openCallsOfPeer: 1_500 });
    const calls = new Calls(limits);
    expect(calls.openMany(1_501, { certificate: 'a' })).toBe(1);
    for (const certificate of ['b', 'c', 'd']) expect(calls.openMany(1_500, { certificate })).toBe(0);
    expect(calls.open({ certificate: 'e' })).toBe('RESOURCE_EXHAUSTED');
  });

  it('make room in all and for their caller when they end, however they do', () => {
    const calls = new Calls({ openCalls: 3, openCallsOfPeer: 2 });
    const caller = { certificate: 'a' };
    const ended = calls.open(caller) as Subscription;
    calls.open(caller);
    expect(calls.open(caller)).toBe('RESOURCE_EXHAUSTED');
    ended.unsubscribe();
    expect(calls.open(caller, () => of('an answer'))).not.toBe('RESOURCE_EXHAUSTED');
    expect(calls.open(caller, () => throwError(() => new GivcError('NOT_FOUND', '')))).toBe('NOT_FOUND');
    expect(calls.openMany(2, caller)).toBe(1);
    expect(calls.openMany(2, { certificate: 'b' })).toBe(1);
    ended.unsubscribe();
    expect(calls.open({ certificate: 'b' })).toBe('RESOURCE_EXHAUSTED');
  });

  it('do not count those that were refused', () => {
    const calls = new Calls({ openCalls: 2, openCallsOfPeer: 1 });
    const first = calls.open({ certificate: 'a' }) as Subscription;
    expect(calls.openMany(5, { certificate: 'a' })).toBe(5);
    first.unsubscribe();
    expect(calls.open({ certificate: 'a' })).not.toBe('RESOURCE_EXHAUSTED');
    expect(calls.open({ certificate: 'b' })).not.toBe('RESOURCE_EXHAUSTED');
  });

  it('do not reach a handler when they are refused', () => {
    const calls = new Calls({ openCallsOfPeer: 0 });
    const handle = jest.fn(() => NEVER);
    expect(calls.open({ certificate: 'a' }, handle)).toBe('RESOURCE_EXHAUSTED');
    expect(handle).not.toHaveBeenCalled();
  });

  it('without TLS are counted for each address, whatever the port', () => {
    const calls = new Calls({ openCallsOfPeer: 1 });
    expect(calls.open({ address: '127.0.0.1:5000' })).not.toBe('RESOURCE_EXHAUSTED');
    expect(calls.open({ address: '127.0.0.1:5001' })).toBe('RESOURCE_EXHAUSTED');
    expect(calls.open({ address: '127.0.0.2:5001' })).not.toBe('RESOURCE_EXHAUSTED');
  });

  it('of one address are told apart by their certificates', () => {
    const calls = new Calls({ openCallsOfPeer: 1 });
    expect(calls.open({ certificate: 'a' })).not.toBe('RESOURCE_EXHAUSTED');
    expect(calls.open({ certificate: 'b' })).not.toBe('RESOURCE_EXHAUSTED');
    expect(calls.open({ certificate: 'a', address: '127.0.0.2:1' })).toBe('RESOURCE_EXHAUSTED');
  });

  it('end with what the server closes with', () => {
    const calls = new Calls({ openCalls: 1 });
    const reasons: string[] = [];
    const handler = { handle: () => NEVER };
    new OpenCallsInterceptor({ closing: calls.closing, limits: serverLimits } as unknown as GrpcServer)
      .intercept(contextOf({}), handler)
      .subscribe({ error: ({ reason }: GivcError) => reasons.push(reason) });
    calls.closing.error(new GivcError('UNAVAILABLE', 'the server is shutting down'));
    expect(reasons).toEqual(['UNAVAILABLE']);
  });
});
