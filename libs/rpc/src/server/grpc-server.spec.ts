// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { Client, credentials } from '@grpc/grpc-js';
import { NEVER, type Observable } from 'rxjs';
import { Log } from '@givc/log';
import { GivcError, parseVmName } from '@givc/model';
import { services } from '../contract.js';
import type { ServerReflectionResponse } from '../generated/grpc/reflection/v1/reflection.js';
import { GrpcDialer } from '../client/dialer.js';
import { RpcChannel } from '../client/rpc-channel.js';
import type { hwid, policyadmin } from '../messages.js';
import type { ClientStreamingCall } from './call.js';
import { GrpcServer, type GrpcServerOptions } from './grpc-server.js';
import { RpcModule } from './rpc.module.js';

const { getHwId } = services['hwid.HwidService'];
const { streamPolicy } = services['policyadmin.PolicyAdmin'];
const { check, watch } = services['grpc.health.v1.Health'];
const { serverReflectionInfo } = services['grpc.reflection.v1.ServerReflection'];

/** The behaviour of the server's handlers. */
let identify: () => hwid.HwIdResponse | Observable<hwid.HwIdResponse>;

@Controller()
class TestController {
  @GrpcMethod('HwidService', 'GetHwId')
  getHwId() {
    return identify();
  }

  /** Never ends by itself. */
  @GrpcStreamCall('PolicyAdmin', 'StreamPolicy')
  streamPolicy(call: ClientStreamingCall<policyadmin.StreamPolicyRequest>): Promise<void> {
    call.resume();
    return new Promise(() => undefined);
  }
}

describe('a server of gRPC', () => {
  let folder: string;
  let path: string;
  let server: GrpcServer;
  let application: INestMicroservice | undefined;
  let channel: RpcChannel;
  /** The calls that its observer was notified of, each with its status once it has ended. */
  let calls: string[];
  let heard: () => void;

  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => (heard = resolve));
  };
  const hear = (line: string) => {
    calls.push(line);
    heard();
  };

  async function start(more: Partial<GrpcServerOptions> = {}): Promise<void> {
    const observer = {
      began: (rpc: string, isUnary: boolean) => {
        hear(`${rpc} ${isUnary ? 'unary' : 'stream'}`);
        return (answer: string) => hear(`${rpc} ${answer}`);
      },
    };
    server = new GrpcServer({
      listen: [{ protocol: 'unix', path }],
      tls: undefined,
      services: ['hwid.HwidService', 'policyadmin.PolicyAdmin'],
      observer,
      ...more,
    });
    server.chain = { guards: [] };
    const log = new Log('error', () => undefined, false);

    @Module({ imports: [RpcModule.forServer(server, log)], controllers: [TestController] })
    class TestModule {}

    application = await NestFactory.createMicroservice(TestModule, {
      strategy: server,
      logger: false,
      abortOnError: false,
    });
    await application.listen();
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'socket');
    [calls, heard] = [[], () => undefined];
    identify = () => ({ Identifier: 'x1' });
    const endpoint = { name: parseVmName('name', 'net-vm'), address: { protocol: 'unix', path } } as const;
    channel = new RpcChannel(endpoint, new GrpcDialer(undefined));
  });
  afterEach(async () => {
    channel.close();
    await application?.close().catch(() => undefined);
    application = undefined;
    rmSync(folder, { recursive: true });
  });

  const outcome = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'OK',
      ({ reason }: GivcError) => reason,
    );

  it('answers by its handlers, and lists its addresses and rpcs once it listens', async () => {
    await start();
    await server.listening;
    expect(server.addresses).toEqual([{ protocol: 'unix', path }]);
    expect(server.handledPaths).toEqual(
      expect.arrayContaining([getHwId.path, check.path, watch.path, serverReflectionInfo.path]),
    );
    expect(server.handledPaths).toHaveLength(7);
    expect(await channel.unary(getHwId, {})).toEqual({ Identifier: 'x1' });
    expect(await channel.unary(check, { service: 'hwid.HwidService' })).toEqual({ status: 1 });
    expect(await outcome(channel.unary(services['admin.AdminService'].queryList, {}))).toBe('UNIMPLEMENTED');
  });

  it('counts its open connections, zero before it listens', async () => {
    expect(await new GrpcServer({ listen: [], tls: undefined, services: [] }).connections()).toBe(0);
    await start();
    expect(await server.connections()).toBe(0);
    await channel.unary(getHwId, {});
    expect(await server.connections()).toBe(1);
  });

  it('answers requests of reflection one after another until its caller ends them', async () => {
    await start();
    const call = channel.duplex(serverReflectionInfo);
    const answers: (string | undefined)[] = [];
    call.on('data', ({ message_response }: ServerReflectionResponse) => answers.push(message_response?.$case));
    const ended = once(call, 'end');
    call.write({ host: '', message_request: { $case: 'list_services', value: '' } });
    for (let n = 0; n < 40; n++)
      call.write({ host: '', message_request: { $case: 'file_by_filename', value: 'admin/admin.proto' } });
    call.end();
    await ended;
    expect(answers).toEqual(['list_services_response', ...Array<string>(40).fill('file_descriptor_response')]);
  });

  it('notifies its observer of each call and its status, even when the server answers by itself', async () => {
    await start();
    const client = new Client(`unix:${path}`, credentials.createInsecure());
    const raw = (bytes: Buffer) =>
      new Promise((resolve) => client.makeUnaryRequest(getHwId.path, (value: Buffer) => value, String, bytes, resolve));
    await channel.unary(getHwId, {});
    identify = () => {
      throw new GivcError('NOT_FOUND', 'none');
    };
    expect(await outcome(channel.unary(getHwId, {}))).toBe('NOT_FOUND');
    // Not a message of protobuf, so the server rejects it by itself.
    await raw(Buffer.of(0xff));
    await until(() => calls.length === 6);
    expect(calls.splice(0)).toEqual([
      ...['hwid.HwidService/GetHwId unary', 'hwid.HwidService/GetHwId OK'],
      ...['hwid.HwidService/GetHwId unary', 'hwid.HwidService/GetHwId NOT_FOUND'],
      ...['hwid.HwidService/GetHwId unary', 'hwid.HwidService/GetHwId INTERNAL'],
    ]);
    client.close();
    const stop = new AbortController();
    const watching = outcome(channel.serverStream(watch, { service: '' }, { signal: stop.signal }).next());
    expect(await watching).toBe('OK');
    stop.abort();
    await until(() => calls.length === 2);
    expect(calls).toEqual(['grpc.health.v1.Health/Watch stream', 'grpc.health.v1.Health/Watch CANCELLED']);
  });

  it('ends open calls with UNAVAILABLE when it closes, including one with an endless Observable', async () => {
    await start();
    identify = () => NEVER;
    const waiting = outcome(channel.unary(getHwId, {}));
    await until(() => calls.length === 1);
    await application!.close();
    expect(await waiting).toBe('UNAVAILABLE');
    expect([existsSync(path), await server.connections()]).toEqual([false, 0]);
    await server.close();
  });

  it('ends a raw call with UNAVAILABLE when it closes', async () => {
    await start();
    const waiting = outcome(channel.clientStream(streamPolicy, endless()));
    await until(() => calls.length === 1);
    await application!.close();
    expect(await waiting).toBe('UNAVAILABLE');
  });

  it('listens nowhere when it cannot listen everywhere', async () => {
    const other = join(folder, 'file');
    writeFileSync(other, '');
    const listen = [path, other].map((at) => ({ protocol: 'unix', path: at }) as const);
    await expect(start({ listen })).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    expect(existsSync(path)).toBe(false);
  });
});

// eslint-disable-next-line require-yield
async function* endless(): AsyncGenerator<policyadmin.StreamPolicyRequest> {
  await new Promise(() => undefined);
}
