// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { Log } from '@givc/log';
import { GivcError, invalid, parseVmName } from '@givc/model';
import {
  Call,
  GrpcDialer,
  GrpcServer,
  Parse,
  RpcChannel,
  RpcModule,
  services,
  type BidiStreamingCall,
  type exec,
  type ServerCall,
  type systemd,
} from '@givc/rpc';
import { Access } from './access.js';
import { AccessModule } from './access.module.js';
import { Audit } from './audit/audit.js';
import { Rules } from './cedar/rules.js';
import { Caller } from './identity/caller.decorator.js';

const { startUnit } = services['systemd.UnitControlService'];
const { runCommand } = services['exec.Exec'];

/** The events of calls, in order. */
let events: string[] = [];

function parseUnit({ UnitName }: { UnitName: string }): string {
  events.push('parse');
  if (UnitName === '') throw invalid('UnitName', 'it is missing');
  return UnitName;
}

@Controller()
class TestController {
  @GrpcMethod('UnitControlService', 'StartUnit')
  startUnit(@Parse(parseUnit) unit: string, @Caller() caller: Caller, @Call() call: ServerCall): systemd.UnitResponse {
    events.push(`handler: ${unit} for ${caller.address ?? 'no address'} by ${call.getPath()}`);
    return { UnitStatus: undefined };
  }

  @GrpcStreamCall('Exec', 'RunCommand')
  runCommand(@Call() call: BidiStreamingCall<exec.CommandRequest, exec.CommandResponse>): void {
    events.push(`handler: ${call.getPath()}`);
    call.end();
  }
}

describe('a call of a daemon', () => {
  let folder: string;
  let application: INestMicroservice;
  let channel: RpcChannel;

  async function start(rules: string): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    const address = { protocol: 'unix', path: join(folder, 'socket') } as const;
    const log = new Log('error', () => undefined, false);
    const write = (line: string) => {
      const { phase, answer } = JSON.parse(line) as { phase?: string; answer?: string };
      events.push(`record: ${phase ?? 'ended'} ${answer ?? ''}`.trim());
    };
    const access = new Access({
      identity: undefined,
      rules: await Rules.parse(rules, 'test.cedar'),
      audit: new Audit({ write, reload: () => undefined, close: () => undefined }),
      denial: 'denied',
    });
    const server = new GrpcServer({
      listen: [address],
      tls: undefined,
      services: ['systemd.UnitControlService', 'exec.Exec'],
    });

    @Module({
      imports: [RpcModule.forServer(server, log), AccessModule.forListener(access)],
      controllers: [TestController],
    })
    class TestModule {}

    application = await NestFactory.createMicroservice(TestModule, { strategy: server, logger: false });
    await application.listen();
    channel = new RpcChannel({ name: parseVmName('name', 'net-vm'), address }, new GrpcDialer(undefined));
  }

  beforeEach(() => (events = []));
  afterEach(async () => {
    channel.close();
    await application.close();
    rmSync(folder, { recursive: true });
  });

  const reasonOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'OK',
      (error: GivcError) => error.reason,
    );

  const permitAll = 'permit(principal, action, resource);';

  it('is recorded without parsing its request when the rules deny it', async () => {
    await start('');
    expect(await reasonOf(channel.unary(startUnit, { UnitName: '' }))).toBe('PERMISSION_DENIED');
    expect(events).toEqual(['record: ended PERMISSION_DENIED']);
  });

  it('is recorded at its begin and its rejection, without reaching the handler, when it cannot be parsed', async () => {
    await start(permitAll);
    expect(await reasonOf(channel.unary(startUnit, { UnitName: '' }))).toBe('INVALID_ARGUMENT');
    expect(events).toEqual(['record: began', 'parse', 'record: ended INVALID_ARGUMENT']);
  });

  it('passes the parsed request, the caller and the call to its handler', async () => {
    await start(permitAll);
    expect(await reasonOf(channel.unary(startUnit, { UnitName: 'web.service' }))).toBe('OK');
    expect(events).toEqual([
      'record: began',
      'parse',
      `handler: web.service for no address by ${startUnit.path}`,
      'record: ended OK',
    ]);
  });

  it('passes the call itself to its handler when both sides stream', async () => {
    await start(permitAll);
    const stream = channel.duplex(runCommand);
    stream.resume();
    await once(stream, 'end');
    expect(events).toContain(`handler: ${runCommand.path}`);
  });
});
