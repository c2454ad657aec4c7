// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { parseUnitName, stoppedStatus } from '@givc/model';
import { GrpcDialer, report, RpcChannel } from '@givc/rpc';
import type { UnitReport } from '../../apps/agent/src/registration/registry-requests.js';
import { ReportStream } from '../../apps/agent/src/registration/report-stream.js';
import { startReportServer } from '../support/report-server.js';

type Call = ServerDuplexStream<report.ReportRequest, report.ReportResponse>;

let accepted: (call: Call) => void;
const call = new Promise<Call>((resolve) => (accepted = resolve));

/** An admin that does not read reports until the test lets it. */
@Controller()
class PausedController {
  @GrpcStreamCall('Reports', 'Report')
  report(stream: Call): void {
    stream.pause();
    accepted(stream);
  }
}

const entry = (name: string, description: string): UnitReport => ({
  registration: {
    ...{ Name: name, Parent: '', Type: 9, Transport: undefined },
    State: stoppedStatus(parseUnitName('unit', name), { Description: description }),
  },
  ending: undefined,
  since_ms: 0,
});

it('an admin that does not read gets the latest state of each unit, and not every state', async () => {
  const server = await startReportServer(PausedController);
  const channel = new RpcChannel(server.endpoint, new GrpcDialer(undefined));
  const stream = new ReportStream(
    channel.duplex(report.ReportsService.report),
    {
      ...{ agent: undefined, entries: [], heartbeat_interval_ms: 60_000, boot_id: '' },
      ...{ protocol_version: 1, agent_version: '0.1.0' },
    },
    { accepted: () => undefined, rejected: () => undefined, silent: () => undefined, ended: () => undefined },
  );
  const admin = await call;
  const [units, changes] = [3, 5_000];
  for (let n = 1; n <= changes; n++)
    for (let unit = 0; unit < units; unit++) stream.send(entry(`u${unit}.service`, `${n} ${'d'.repeat(500)}`));
  const flushed = stream.flush();
  let count = 0;
  const latest = new Map<string, string>();
  admin.on('data', ({ message }: report.ReportRequest) => {
    if (message?.$case === 'snapshot') {
      const value = { rejected: [], protocol_version: 1, admin_version: '0.1.0' };
      admin.write({ message: { $case: 'snapshot_accepted', value } });
    }
    if (message?.$case !== 'entry' && message?.$case !== 'update') return;
    count++;
    const status = message.$case === 'update' ? message.value.status : message.value.registration?.State;
    latest.set(status!.Name, status!.Description.split(' ')[0]!);
    admin.write({ message: { $case: 'acknowledged', value: { count } } });
  });
  admin.resume();
  await flushed;
  expect([...latest.values()]).toEqual(Array.from({ length: units }, () => String(changes)));
  expect(count).toBeLessThan(1_000);
  stream.close();
  channel.close();
  await server.stop();
});
