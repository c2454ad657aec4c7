// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Server, status, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  ServerReflectionService,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../generated/grpc/reflection/v1/reflection.js';
import { GrpcDialer } from './dialer.js';
import { listenInsecurely } from './insecure-server.fixture.js';
import { listServices } from './list-services.js';
import { RpcChannel } from './rpc-channel.js';

type ReflectionCall = ServerDuplexStream<ServerReflectionRequest, ServerReflectionResponse>;
type Answer = ServerReflectionResponse['message_response'];

const endless = { valid_host: '', message_response: undefined };

describe('the list of the services of a server', () => {
  let server: Server;
  let channel: RpcChannel;
  let reflect: (request: ServerReflectionRequest, call: ReflectionCall) => void;

  const start = async (hasReflection: boolean) => {
    server = new Server();
    const serverReflectionInfo = (call: ReflectionCall) =>
      call.on('data', (request: ServerReflectionRequest) => reflect(request, call)).on('end', () => call.end());
    if (hasReflection) server.addService(ServerReflectionService, { serverReflectionInfo });
    channel = new RpcChannel(await listenInsecurely(server), new GrpcDialer(undefined));
  };
  afterEach(() => {
    channel.close();
    server.forceShutdown();
  });

  const answering = (answer: Answer) => {
    reflect = (request, call) =>
      void call.write({ valid_host: '', original_request: request, message_response: answer });
  };

  it('is the answer of its reflection', async () => {
    await start(true);
    const requests: ServerReflectionRequest[] = [];
    const names = ['admin.AdminService', 'grpc.reflection.v1.ServerReflection'];
    reflect = (request, call) => {
      requests.push(request);
      const value = { service: names.map((name) => ({ name })) };
      call.write({
        ...{ valid_host: '', original_request: request },
        message_response: { $case: 'list_services_response', value },
      });
    };
    expect(await listServices(channel, {})).toEqual(names);
    expect(requests).toEqual([{ host: '', message_request: { $case: 'list_services', value: '' } }]);
  });

  it.each<[string, Answer]>([
    ['an error', { $case: 'error_response', value: { error_code: 5, error_message: 'no' } }],
    ['an unknown kind', undefined],
  ])('is empty when its reflection answers %s', async (_, answer) => {
    await start(true);
    answering(answer);
    expect(await listServices(channel, {})).toEqual([]);
  });

  it('is the first answer of a server that never ends, whose call is cancelled', async () => {
    await start(true);
    let cancelled!: Promise<unknown>;
    reflect = (request, call) => {
      call.removeAllListeners('end');
      cancelled = once(call, 'cancelled');
      const send = () => {
        while (!call.cancelled && call.write({ ...endless, original_request: request }));
      };
      call.on('drain', send);
      send();
    };
    expect(await listServices(channel, {})).toEqual([]);
    await cancelled;
  });

  it('is empty when its reflection ends without an answer', async () => {
    await start(true);
    reflect = (_, call) => call.end();
    expect(await listServices(channel, {})).toEqual([]);
  });

  it('is UNIMPLEMENTED by a server without reflection', async () => {
    await start(false);
    await expect(listServices(channel, {})).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
  });

  it('rejects with the status of a call that is rejected', async () => {
    await start(true);
    reflect = (_, call) => call.emit('error', { code: status.PERMISSION_DENIED, details: 'no rule permits it' });
    await expect(listServices(channel, {})).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });
});
