// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Listeners } from '@givc/events';
import type { Endpoint } from '@givc/model';
import type { BidiStreamingCall, report } from '@givc/rpc';
import { startReportServer } from './report-server.js';

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

/** An admin without TLS that serves only report streams, and answers each heartbeat by a message. */
export async function startOlderAdmin(): Promise<{
  readonly endpoint: Endpoint;
  /** Called with the kind of each message, and for PING frames. */
  readonly received: Listeners<[Kind]>;
  stop(): Promise<void>;
}> {
  return { ...(await startReportServer(OlderReports)), received };
}
