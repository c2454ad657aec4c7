// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';
import { report } from '@givc/rpc';
import { stoppedStatus, type UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { startOlderAdmin } from '../support/older-admin.js';

const web = 'web.service' as UnitName;
const running = { ...stoppedStatus(web), ActiveState: 'active', SubState: 'running' };
const registration = { Name: web, Parent: 'givc-net-vm.service', Type: 9, Transport: undefined, State: running };
const snapshot: report.Snapshot = {
  agent: {
    ...{ Name: 'givc-net-vm.service', Parent: '', Type: 8, State: { ...running, Name: 'givc-net-vm.service' } },
    Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'net-vm' },
  },
  entries: [{ registration, ending: undefined, since_ms: 0 }],
  ...{ heartbeat_interval_ms: 60_000, boot_id: '', protocol_version: 1, agent_version: '0.1.0' },
};

const encoded = (message: report.ReportRequest['message']) => report.ReportRequest.encode({ message }).finish();
/** A field of a message in its encoded form, with bytes or an encoded message as its value. */
const field = (number: number, value: Uint8Array) =>
  new BinaryWriter()
    .uint32((number << 3) | WireType.LengthDelimited)
    .bytes(value)
    .finish();
/** A field that does not exist in any version yet. */
const unknownField = field(1_000, Buffer.from('new'));
type RawMethod = MethodDefinition<Uint8Array, report.ReportResponse>;

describe('an admin and an agent of different versions', () => {
  let system: TestSystem;
  beforeEach(async () => {
    system = await TestSystem.start();
  });
  afterEach(() => system.close());

  /** Sends these messages unchanged, and resolves with the answers to each. */
  const send = async (messages: readonly [bytes: Uint8Array, answers: number][]) => {
    const requestSerialize = (bytes: Uint8Array) => Buffer.from(bytes);
    const method = { ...report.ReportsService.report, requestSerialize } as unknown as RawMethod;
    const call = system.channel(system.admin, 'net-vm').duplex(method);
    const answers = call[Symbol.asyncIterator]();
    const received: (string | undefined)[] = [];
    for (const [bytes, count] of messages) {
      call.write(bytes);
      for (let n = 0; n < count; n++)
        received.push(((await answers.next()).value as report.ReportResponse).message?.$case);
    }
    return { received, call };
  };
  const listed = async () => (await system.client().queryList()).List.map(({ Name, VmStatus }) => [Name, VmStatus]);

  it('accept the reports of an agent that does not send its version', async () => {
    const older = { ...snapshot, protocol_version: 0, agent_version: '' };
    const { received, call } = await send([[encoded({ $case: 'snapshot', value: older }), 1]]);
    expect(received).toEqual(['snapshot_accepted']);
    expect((await system.client().listMachines()).machines).toMatchObject([
      { name: 'net-vm', agent_state: 'reporting', agent_version: '', protocol_version: 0, applications: undefined },
    ]);
    call.cancel();
  });

  it('exchange heartbeats as messages when the agent does not send PING frames', async () => {
    const heartbeat = encoded({ $case: 'heartbeat', value: {} });
    const { received, call } = await send([
      [encoded({ $case: 'snapshot', value: snapshot }), 1],
      [heartbeat, 1],
      [heartbeat, 1],
    ]);
    expect(received).toEqual(['snapshot_accepted', 'heartbeat', 'heartbeat']);
    call.cancel();
  });

  it('exchange heartbeats as messages when the admin does not count PING frames', async () => {
    const admin = await startOlderAdmin();
    const older = await TestSystem.around(() => Promise.resolve(admin), { tls: false });
    const kinds: unknown[] = [];
    const hasFour = new Promise<void>((resolve) => admin.received.add((kind) => kinds.push(kind) === 4 && resolve()));
    const agent = await older.startAgent('net-vm', { heartbeatMs: 100 });
    await hasFour;
    expect(kinds).toEqual(['snapshot', 'heartbeat', 'heartbeat', 'heartbeat']);
    await agent.close();
    await older.close();
  });

  it('ignore fields and kinds of messages that only a newer agent knows', async () => {
    const value = Buffer.concat([report.Snapshot.encode({ ...snapshot, protocol_version: 3 }).finish(), unknownField]);
    const stopped = { name: web, status: stoppedStatus(web), ending: undefined, since_ms: 0 };
    const { received, call } = await send([
      [Buffer.concat([field(1, value), unknownField]), 1],
      [unknownField, 0],
      [encoded({ $case: 'update', value: stopped }), 1],
    ]);
    expect(received).toEqual(['snapshot_accepted', 'acknowledged']);
    expect(await listed()).toEqual([
      ['givc-net-vm.service', 'Running'],
      [web, 'PoweredOff'],
    ]);
    expect((await system.client().listMachines()).machines).toMatchObject([{ protocol_version: 3 }]);
    call.cancel();
  });
});
