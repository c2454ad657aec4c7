// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { report } from '@givc/rpc';

/** Changes messages of a client's calls on their way. */
export interface Rewriting {
  request(path: string, bytes: Buffer): Buffer;
  response(path: string, bytes: Buffer): Buffer;
}

export const unchanged: Rewriting = { request: (_, bytes) => bytes, response: (_, bytes) => bytes };

const { path: reports } = report.ReportsService.report;

/** Makes an agent and its admin believe that the other speaks this version of the report protocol. */
export const reportsOf = (protocol_version: number): Rewriting => ({
  request: (path, bytes) => {
    if (path !== reports) return bytes;
    const { message } = report.ReportRequest.decode(bytes);
    if (message?.$case !== 'snapshot') return bytes;
    const value = { ...message.value, protocol_version };
    return Buffer.from(report.ReportRequest.encode({ message: { $case: 'snapshot', value } }).finish());
  },
  response: (path, bytes) => {
    if (path !== reports) return bytes;
    const { message } = report.ReportResponse.decode(bytes);
    if (message?.$case !== 'snapshot_accepted') return bytes;
    const value = { ...message.value, protocol_version };
    return Buffer.from(report.ReportResponse.encode({ message: { $case: 'snapshot_accepted', value } }).finish());
  },
});
