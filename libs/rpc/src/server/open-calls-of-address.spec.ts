import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { NEVER, Subject } from 'rxjs';
import type { GivcError } from '@givc/model';
import type { GrpcServer } from './grpc-server.js';
import { serverLimits } from './limits.js';
import { OpenCallsInterceptor } from './open-calls.interceptor.js';

describe('the open calls of a caller without a certificate', () => {
  it.each([
    ['10.0.0.1', '10.0.0.2'],
    ['fd00:1::2', 'fd00:1::3'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
  ])('are those of its address, whatever their ports: %s and not %s', (address, other) => {
    const limits = { ...serverLimits, openCallsOfPeer: 1 };
    const interceptor = new OpenCallsInterceptor({ closing: new Subject<never>(), limits } as unknown as GrpcServer);
    const handler: CallHandler = { handle: () => NEVER };
    const outcome = (peer: string): string => {
      const call = { getAuthContext: () => ({}), getPeer: () => peer };
      let reason = 'open';
      interceptor
        .intercept({ getArgs: () => [{}, {}, call] } as unknown as ExecutionContext, handler)
        .subscribe({ error: (error: GivcError) => (reason = error.reason) });
      return reason;
    };
    const peers = [`${address}:5000`, `${other}:5000`, `${address}:5001`];
    expect(peers.map(outcome)).toEqual(['open', 'open', 'RESOURCE_EXHAUSTED']);
  });
});
