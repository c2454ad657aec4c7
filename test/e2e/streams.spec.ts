// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, Module } from '@nestjs/common';
import { GrpcStreamCall, GrpcStreamMethod } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { map, toArray, type Observable } from 'rxjs';
import { Access, AccessModule, Audit, Rules } from '@givc/access';
import { Log } from '@givc/log';
import { parseVmName } from '@givc/model';
import { exec, GrpcServer, policyadmin, RpcModule, socketproxy, TlsIdentity } from '@givc/rpc';
import { testAuthority, tlsMaterial } from '@givc/testing';
import { rawCall, rawSession } from '../support/raw-call.js';

const served: string[] = [];

/** A client stream, a stream in both directions, and a raw call: the three kinds of Nest. */
@Controller()
class StreamsController {
  @GrpcStreamMethod('PolicyAdmin', 'StreamPolicy')
  streamPolicy(chunks: Observable<policyadmin.StreamPolicyRequest>): Observable<policyadmin.Status> {
    served.push('StreamPolicy');
    return chunks.pipe(
      toArray(),
      map((all) => ({ Status: String(all.length) })),
    );
  }

  @GrpcStreamMethod('Exec', 'RunCommand')
  runCommand(commands: Observable<exec.CommandRequest>): Observable<exec.CommandResponse> {
    served.push('RunCommand');
    return commands.pipe(map(() => ({ Event: { $case: 'Started', value: { Pid: 1 } } })));
  }

  @GrpcStreamCall('SocketStream', 'TransferData')
  transferData(call: ServerDuplexStream<socketproxy.StreamFrame, socketproxy.StreamFrame>): void {
    served.push('TransferData');
    call.on('data', (frame: socketproxy.StreamFrame) => call.write(frame)).on('end', () => call.end());
  }
}

@Module({})
class StreamsModule {}

const paths = [
  ['a stream of the client', '/policyadmin.PolicyAdmin/StreamPolicy'],
  ['a stream in both directions', '/exec.Exec/RunCommand'],
  ['a raw stream', '/socketproxy.SocketStream/TransferData'],
] as const;

describe('a stream', () => {
  const authority = testAuthority();
  const record: unknown[] = [];
  let server: GrpcServer;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const identity = new TlsIdentity(tlsMaterial(authority, { name: 'net-vm' }));
    const rules = await Rules.parse(
      `permit(principal == Source::"gui-vm", action, resource)
       when { context == { "service": context.service } && ["PolicyAdmin", "Exec", "SocketStream"].contains(context.service) };`,
      'streams.cedar',
    );
    const audit = new Audit({
      write: (line) => void record.push(JSON.parse(line)),
      reload: () => undefined,
      close: () => undefined,
    });
    const access = new Access({ identity, rules, audit, denial: 'permission denied by access control policy' });
    server = new GrpcServer({
      listen: [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }],
      tls: identity,
      services: ['policyadmin.PolicyAdmin', 'exec.Exec', 'socketproxy.SocketStream'],
    });
    const imports = [AccessModule.forDaemon(access), RpcModule.forServer(server, new Log('error', () => undefined))];
    const module = await Test.createTestingModule({
      imports: [{ module: StreamsModule, imports, controllers: [StreamsController] }],
    }).compile();
    const application = module.createNestMicroservice({ strategy: server, logger: false });
    await application.listen();
    stop = () => application.close();
  });
  afterAll(() => stop());
  beforeEach(() => {
    served.length = 0;
    record.length = 0;
  });

  const call = async (path: string, name: string, addresses?: string[]): Promise<number> => {
    const endpoint = { address: server.addresses[0]!, name: parseVmName('name', 'net-vm') };
    const session = await rawSession(endpoint, tlsMaterial(authority, { name, ...(addresses && { addresses }) }));
    const answer = await rawCall(session, path, [new Uint8Array(), new Uint8Array()]);
    session.destroy();
    return answer;
  };

  it.each(paths)('%s is authorised by its service name, once, when it opens', async (_, path) => {
    expect(await call(path, 'gui-vm')).toBe(status.OK);
    expect(served).toHaveLength(1);
    expect(record).toEqual([expect.objectContaining({ rpc: path, answer: 'OK', rule: 'streams.cedar:1' })]);
  });

  const refused = (rpc: string) => ({ rpc, answer: 'PERMISSION_DENIED', ms: expect.any(Number) as number });

  it.each(paths)('%s is rejected before its handler runs when no rule permits it', async (_, path) => {
    expect(await call(path, 'chrome-vm')).toBe(status.PERMISSION_DENIED);
    expect(served).toEqual([]);
    expect(record).toEqual([expect.objectContaining({ peer: 'chrome-vm', ...refused(path) })]);
  });

  it.each(paths)('%s is rejected from an address that the certificate does not name', async (_, path) => {
    expect(await call(path, 'gui-vm', ['192.168.101.3'])).toBe(status.PERMISSION_DENIED);
    expect(served).toEqual([]);
    expect(record).toEqual([expect.objectContaining({ peer: 'gui-vm', ...refused(path) })]);
  });
});
