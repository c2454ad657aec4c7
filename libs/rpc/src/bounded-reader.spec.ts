// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as exec from './generated/exec/exec.js';
import * as policyadmin from './generated/policyadmin/policyadmin.js';
import * as report from './generated/report/report.js';
import { bounded, withBoundedAnswers } from './bounded-reader.js';

const units = (count: number): Uint8Array => {
  const head = [0x0a, ...varint(2 * count)];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(2 * count, Buffer.from([0x12, 0]))]);
};
const varint = (value: number): number[] => (value > 0x7f ? [(value & 0x7f) | 0x80, ...varint(value >>> 7)] : [value]);
const decode = (bytes: Uint8Array) => bounded((all) => report.ReportRequest.decode(all))(Buffer.from(bytes));

describe('the fields of a message', () => {
  it('are decoded completely for a thousand units with all fields', () => {
    const text = 'x'.repeat(100);
    const entry: report.Entry = {
      registration: {
        Name: text,
        Type: 13,
        Parent: text,
        Transport: { Protocol: text, Address: text, Port: text, Name: text },
        State: {
          ...{ Name: text, Description: text, LoadState: text, ActiveState: text, SubState: text, Path: text },
          FreezerState: text,
        },
      },
      ending: { result: text, status: 1, stop_requested: true },
      since_ms: 1_700_000_000_000,
    };
    const snapshot = {
      ...{ agent: entry.registration, entries: Array<report.Entry>(1_000).fill(entry), heartbeat_interval_ms: 5_000 },
      ...{ boot_id: text, stream_number: 7, protocol_version: 1, agent_version: text },
      applications: { names: Array<string>(200).fill(text) },
    };
    const request: report.ReportRequest = { message: { $case: 'snapshot', value: snapshot } };
    expect(decode(report.ReportRequest.encode(request).finish())).toEqual(request);
  });

  it('are at most 65,536, however small they are', () => {
    expect(() => decode(units(32_767))).not.toThrow();
    expect(() => decode(units(32_768))).toThrow('more than 65536 fields');
    expect(() => decode(units(2_000_000))).toThrow('more than 65536 fields');
  });

  it('count everywhere: entries of a map, and unknown fields', () => {
    const decodeCommand = bounded((all) => exec.CommandRequest.decode(all));
    for (const tag of [0x22, 0x7a])
      expect(() => decodeCommand(Buffer.alloc(1_000_000, Buffer.from([tag, 0])))).toThrow('more than 65536 fields');
  });

  it('are limited in the answers of a method, which is wrapped once', () => {
    const method = withBoundedAnswers(exec.ExecService.runCommand);
    expect(withBoundedAnswers(exec.ExecService.runCommand)).toBe(method);
    expect(method).toMatchObject({ path: '/exec.Exec/RunCommand', requestStream: true });
    expect(() => method.responseDeserialize(Buffer.alloc(1_000_000, Buffer.from([0x7a, 0])))).toThrow(
      'more than 65536 fields',
    );
  });

  it('do not count more because they are long', () => {
    const chunk = policyadmin.StreamPolicyRequest.encode({
      policy_name: 'firewall',
      policy_chunk: Buffer.alloc(4_000_000),
    });
    const decodeChunk = bounded((all) => policyadmin.StreamPolicyRequest.decode(all));
    expect(decodeChunk(Buffer.from(chunk.finish()))).toMatchObject({ policy_chunk: { length: 4_000_000 } });
  });
});
