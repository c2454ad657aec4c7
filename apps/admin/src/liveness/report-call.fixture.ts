// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { reportProtocolVersion, type admin, type report, type systemd } from '@givc/rpc';
import type { ReportCall } from './incoming-report-stream.js';

type Request = NonNullable<report.ReportRequest['message']>;

/** The admin's side of a call of `report.Reports/Report`, without a connection; the test is the agent. */
export class FakeReportCall extends EventEmitter {
  /** The messages that the admin has written, in order. */
  readonly written: NonNullable<report.ReportResponse['message']>[] = [];
  isEnded = false;
  /** Whether the agent reads, which `write` returns. */
  isReading = true;

  /** `vm` is the name in the caller's certificate; without it, the caller has no certificate. */
  constructor(private readonly vm?: string) {
    super();
  }

  get call(): ReportCall {
    return this as unknown as ReportCall;
  }

  write({ message }: report.ReportResponse): boolean {
    this.written.push(message!);
    return this.isReading;
  }

  onPing(listener: () => void): void {
    this.on('ping', listener);
  }

  end(): void {
    this.isEnded = true;
  }

  getAuthContext(): object {
    if (this.vm === undefined) return {};
    const names = `DNS:${this.vm}, IP Address:127.0.0.1`;
    const [valid_from, valid_to] = ['Jan 1 00:00:00 2026 GMT', 'Jan 1 00:00:00 2027 GMT'];
    return { sslPeerCertificate: { subjectaltname: names, serialNumber: '01', valid_from, valid_to } };
  }

  getPeer(): string {
    return '127.0.0.1:40000';
  }

  /** Sends a message of the agent; `undefined` is a message of an unknown kind. */
  send(message: Request | undefined): void {
    this.emit('data', { message });
  }

  /** Sends a PING frame of the agent's connection. */
  ping(): void {
    this.emit('ping');
  }

  /** Makes the agent read again. */
  drain(): void {
    this.isReading = true;
    this.emit('drain');
  }
}

export const heartbeat: Request = { $case: 'heartbeat', value: {} };

export const snapshot = (fields: Partial<report.Snapshot> = {}): Request => ({
  $case: 'snapshot',
  value: {
    agent: undefined,
    entries: [],
    heartbeat_interval_ms: 3_000,
    boot_id: '',
    protocol_version: reportProtocolVersion,
    agent_version: '0.1.0',
    ...fields,
  },
});

export const entry = (registration?: admin.RegistryRequest, fields: Partial<report.Entry> = {}): Request => ({
  $case: 'entry',
  value: { registration, ending: undefined, since_ms: 0, ...fields },
});

export const update = (
  name: string,
  status: systemd.UnitStatus | undefined,
  fields: Partial<report.Update> = {},
): Request => ({
  $case: 'update',
  value: { name, status, ending: undefined, since_ms: 0, ...fields },
});

/** The admin's first message. */
export const accepted = (...rejected: report.Rejected[]): report.ReportResponse['message'] => ({
  $case: 'snapshot_accepted',
  value: { rejected, protocol_version: reportProtocolVersion, admin_version: 'development' },
});
