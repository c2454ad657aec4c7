// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, Module } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { Listeners } from '@givc/events';
import { Log } from '@givc/log';
import { parseVmName, type Endpoint } from '@givc/model';
import { GrpcServer, RpcModule, type BidiStreamingCall, type report } from '@givc/rpc';

type Kind = NonNullable<report.ReportRequest['message']>['$case'] | 'ping' | undefined;

const received = new Listeners<[Kind]>();

/** The reports of an admin that speaks version 1 of the protocol. */
@Controller()
class OlderReports {
  @GrpcStreamCall('Reports', 'Report')
  report(call: BidiStreamingCall<report.ReportRequest, report.ReportResponse>): void {
    call.onPing(() => received.notify('ping'));
    call.on('data', ({ message }: report.ReportRequest) => {
      if (message?.$case === 'snapshot') {
        const value = { rejected: [], protocol_version: 1, admin_version: '0.1.0' };
        call.write({ message: { $case: 'snapshot_accepted', value } });
      }
      if (message?.$case === 'heartbeat') call.write({ message: { $case: 'heartbeat', value: {} } });
      received.notify(message?.$case);
    });
  }
}

@Module({})
class OlderAdminModule {}

/** An admin without TLS that serves only report streams, and answers each heartbeat by a message. */
export async function startOlderAdmin(): Promise<{
  readonly endpoint: Endpoint;
  /** Called with the kind of each message, and for PING frames. */
  readonly received: Listeners<[Kind]>;
  stop(): Promise<void>;
}> {
  const server = new GrpcServer({
    listen: [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }],
    tls: undefined,
    services: ['report.Reports'],
  });
  server.chain = { guards: [] };
  const imports = [RpcModule.forServer(server, new Log('error', () => undefined))];
  const module = await Test.createTestingModule({
    imports: [{ module: OlderAdminModule, imports, controllers: [OlderReports] }],
  }).compile();
  const application = module.createNestMicroservice({ strategy: server, logger: false });
  await application.listen();
  const endpoint = { address: server.addresses[0]!, name: parseVmName('name', 'admin-vm') };
  return { endpoint, received, stop: () => application.close() };
}
