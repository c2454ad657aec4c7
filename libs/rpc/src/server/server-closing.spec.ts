// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';
import { GrpcServer } from './grpc-server.js';
import type { ServerTransport } from './server-transport.js';

/** A transport with one address that records its calls. */
class FakeTransport implements ServerTransport {
  readonly done: string[] = [];

  addService = () => undefined;
  connections = () => Promise.resolve(3);

  open(): Promise<readonly Address[]> {
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
    const errors: unknown[] = [];
    server.closing.subscribe({
      error: (error) => {
        errors.push(error);
        transport.done.push('closing');
      },
    });
    await new Promise((resolve) => void server.listen(resolve));
    expect([await server.connections(), transport.done]).toEqual([3, ['open']]);
    await server.close();
    await server.close();
    expect(errors).toEqual([expect.objectContaining({ reason: 'UNAVAILABLE', info: { reason: 'SERVER_CLOSING' } })]);
    expect([await server.connections(), transport.done]).toEqual([0, ['open', 'closing', 'close']]);
  });
});
