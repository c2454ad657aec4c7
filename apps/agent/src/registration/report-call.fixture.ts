// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { status } from '@grpc/grpc-js';
import { reportProtocolVersion, type report } from '@givc/rpc';
import type { ReportCall } from './report-stream.js';

/** The agent's end of a call of `report.Reports/Report`, without a connection; the test is the admin. */
export class FakeReportCall extends EventEmitter {
  /** The messages that the agent has sent, in order. */
  readonly sent: report.ReportRequest['message'][] = [];
  /** The pings that the agent has sent and the test has not answered. */
  readonly pings: (() => void)[] = [];
  isCancelled = false;
  #isReading = true;

  /** In the type that the agent expects. */
  get asCall(): ReportCall {
    return this as unknown as ReportCall;
  }

  write({ message }: report.ReportRequest): boolean {
    this.sent.push(message);
    return this.#isReading;
  }

  ping(answered: () => void): void {
    this.pings.push(answered);
  }

  cancel(): void {
    this.isCancelled = true;
  }

  /** The admin sends this. */
  answer(message: report.ReportResponse['message']): void {
    this.emit('data', { message });
  }

  /** Accepts the snapshot as an admin of this version of the protocol. */
  acceptAs(protocol_version: number, ...rejected: report.Rejected[]): void {
    const value = { rejected, protocol_version, admin_version: '0.1.0' };
    this.answer({ $case: 'snapshot_accepted', value });
  }

  accept(...rejected: report.Rejected[]): void {
    this.acceptAs(reportProtocolVersion, ...rejected);
  }

  acknowledge(count: number): void {
    this.answer({ $case: 'acknowledged', value: { count } });
  }

  reject(name: string, reason: string): void {
    this.answer({ $case: 'rejected', value: { name, reason } });
  }

  fail(code: status, details = 'rejected'): void {
    this.emit('error', Object.assign(new Error(details), { code, details }));
  }

  /** Stops reading the messages of the agent. */
  stopReading(): void {
    this.#isReading = false;
  }

  /** The waiting messages are read; later ones wait, unless `goesOn`. */
  readAgain(goesOn = true): void {
    this.#isReading = goesOn;
    this.emit('drain');
  }

  /** The kinds of the agent's messages, in order. */
  get kinds(): readonly (string | undefined)[] {
    return this.sent.map((message) => message?.$case);
  }

  /** The entries and updates that the agent has sent after the snapshot, in order. */
  get changes(): readonly (report.Entry | report.Update)[] {
    return this.sent.flatMap((message) =>
      message?.$case === 'entry' || message?.$case === 'update' ? [message.value] : [],
    );
  }
}
