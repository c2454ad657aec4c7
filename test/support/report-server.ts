// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Log } from '@givc/log';
import { parseVmName, type Endpoint } from '@givc/model';
import { GrpcServer, RpcModule } from '@givc/rpc';

@Module({})
class ReportServerModule {}

/** An admin without TLS and guards that serves only report streams, by this controller, on a free port. */
export async function startReportServer(
  controller: Type,
): Promise<{ readonly endpoint: Endpoint; stop(): Promise<void> }> {
  const server = new GrpcServer({
    listen: [{ protocol: 'tcp', host: '127.0.0.1', port: 0 }],
    tls: undefined,
    services: ['report.Reports'],
  });
  server.chain = { guards: [] };
  const imports = [RpcModule.forServer(server, new Log('error', () => undefined))];
  const module = await Test.createTestingModule({
    imports: [{ module: ReportServerModule, imports, controllers: [controller] }],
  }).compile();
  const application = module.createNestMicroservice({ strategy: server, logger: false });
  await application.listen();
  const endpoint = { address: server.addresses[0]!, name: parseVmName('name', 'admin-vm') };
  return { endpoint, stop: () => application.close() };
}
