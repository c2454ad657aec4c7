// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcMethodStreamingType } from '@nestjs/microservices';
import type { Address } from '@givc/model';
import { GrpcServer } from './grpc-server.js';
import type { HandledRpc } from './serve-call.js';
import type { ServerTransport } from './server-transport.js';
import type { UnaryCall } from './unary-call.js';

/** A transport with one address that records its calls. */
class FakeTransport implements ServerTransport {
  readonly done: string[] = [];
  rpcs: HandledRpc[] = [];

  connections = () => Promise.resolve(3);

  open(rpcs: ReadonlyMap<string, HandledRpc>): Promise<readonly Address[]> {
    this.rpcs = [...rpcs.values()];
    this.done.push('open');
    return Promise.resolve([{ protocol: 'unix', path: '/nonexistent' }]);
  }

  close(): Promise<void> {
    this.done.push('close');
    return Promise.resolve();
  }
}

describe('a server that closes', () => {
  it('ends open calls with an error that programs recognise, then its transport, once', async () => {
    const transport = new FakeTransport();
    const server = new GrpcServer({ listen: [], tls: undefined, services: [], transport });
    server.chain = { guards: [] };
    const pattern = { service: 'Health', rpc: 'Check', streaming: GrpcMethodStreamingType.NO_STREAMING };
    server.addHandler(pattern, () => new Promise(() => undefined));
    await new Promise((resolve) => void server.listen(resolve));
    expect([await server.connections(), transport.done]).toEqual([3, ['open']]);
    expect(server.isClosing).toBe(false);
    const errors: unknown[] = [];
    const fail = (error: unknown) => {
      errors.push(error);
      expect(server.isClosing).toBe(true);
      transport.done.push('closing');
    };
    transport.rpcs[0]!.handle({ fail } as unknown as UnaryCall, {});
    await server.close();
    await server.close();
    expect(errors).toEqual([expect.objectContaining({ reason: 'UNAVAILABLE', info: { reason: 'SERVER_CLOSING' } })]);
    expect([await server.connections(), transport.done]).toEqual([0, ['open', 'closing', 'close']]);
  });
});

it('a server without guards does not listen', async () => {
  const transport = new FakeTransport();
  const server = new GrpcServer({ listen: [], tls: undefined, services: [], transport });
  const error = await new Promise((resolve) => void server.listen(resolve));
  expect(error).toMatchObject({ message: 'this server has no guards: import AccessModule' });
  expect(transport.done).toEqual([]);
});
