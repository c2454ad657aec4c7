// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import { errorOfStatus } from '../status.js';
import { connectionFailureOf, type ConnectionFailure } from './connection-failure.js';

const bytes = (value: Buffer) => value;

/** The failure of a call of grpc-js to this target. */
async function failureAt(target: string, { tls = false } = {}): Promise<ConnectionFailure | undefined> {
  const client = new Client(target, tls ? credentials.createSsl() : credentials.createInsecure());
  const error = await new Promise<ServiceError | null>((resolve) =>
    client.makeUnaryRequest('/test.Echo/Echo', bytes, bytes, Buffer.alloc(0), resolve as never),
  );
  client.close();
  return connectionFailureOf(errorOfStatus(error!));
}

describe('a call of grpc-js that fails for its connection', () => {
  let server: Server | undefined;
  const listen = async (onConnection: Parameters<typeof createServer>[1] & object): Promise<string> => {
    server = createServer(onConnection);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  it('is refused where nothing listens', async () => {
    const target = await listen(() => undefined);
    server!.close();
    expect(await failureAt(target)).toMatchObject({ state: 'not-connected', problem: 'refused' });
  });

  it('finds no socket file', async () => {
    expect(await failureAt('unix:/nonexistent/socket')).toMatchObject({ state: 'not-connected', problem: 'no-socket' });
  });

  it('finds no TLS at a server of plain text', async () => {
    const target = await listen((socket) => socket.end('plain text, and enough of it'));
    expect(await failureAt(target, { tls: true })).toMatchObject({ state: 'not-connected', problem: 'no-tls' });
  });

  it('is closed by the other end without an answer', async () => {
    const target = await listen((socket) => socket.destroy());
    expect(await failureAt(target)).toMatchObject({ state: 'not-connected', problem: 'closed' });
  });

  it('exceeds its deadline with or without a connection', () => {
    const late = (message: string) => connectionFailureOf(new GivcError('DEADLINE_EXCEEDED', message));
    expect([
      late('Deadline exceeded after 15.000s, waiting for a connection'),
      late('Deadline exceeded after 120.001s,remote_addr=127.0.0.1:9000'),
    ]).toEqual([
      { state: 'late', seconds: 15, wasConnected: false },
      { state: 'late', seconds: 120.001, wasConnected: true },
    ]);
  });

  it('is undefined for answers of a server', () => {
    const info = { reason: 'SYSTEMD_AWAY' };
    expect(connectionFailureOf(new GivcError('UNAVAILABLE', 'Connection dropped', { info }))).toBeUndefined();
    expect(connectionFailureOf(new GivcError('NOT_FOUND', 'VM "x" is unknown'))).toBeUndefined();
  });

  it.each([
    'Connection dropped',
    'read ECONNRESET',
    'Received RST_STREAM with code 2',
    'Call ended without gRPC status',
  ])('is broken: %s', (message) => {
    expect(connectionFailureOf(new GivcError('UNAVAILABLE', message))).toEqual({ state: 'broken' });
  });
});
