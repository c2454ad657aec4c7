// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { report } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { agentOf } from '../support/report-messages.js';
import { machinesOf, startWebAgent } from '../support/web-agent.js';

describe('the heartbeats of a report stream', () => {
  let system: TestSystem;
  beforeEach(async () => {
    system = await TestSystem.start();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await system.close();
  });

  /** A report stream of a machine whose agent is the test, once it is accepted. */
  const streamOf = async (vm: string, heartbeat_interval_ms: number) => {
    const call = system.channel(system.admin, vm).duplex(report.ReportsService.report);
    const snapshot = { agent: agentOf(vm), entries: [], heartbeat_interval_ms, boot_id: '' };
    const value = { ...snapshot, protocol_version: 2, agent_version: '0.1.0' };
    call.write({ message: { $case: 'snapshot', value } });
    await once(call, 'data');
    return call;
  };

  it('are PING frames of HTTP/2 over TLS, which both sides count, and no messages', async () => {
    const agent = await startWebAgent(system, 1_000);
    const asking = system.channel(system.admin);
    const lastSeen = async () =>
      (await asking.unary(report.MachinesService.listMachines, {})).machines[0]!.last_seen_ms!;
    const encoded = [report.ReportRequest, report.ReportResponse].map((codec) => jest.spyOn(codec, 'encode'));
    // More heartbeats in both directions than may be missed.
    for (let beat = 0; beat < 4; beat++) {
      let before = await lastSeen();
      for (let now = await lastSeen(); now >= before; now = await lastSeen()) before = now;
    }
    expect(encoded.map(({ mock }) => mock.calls)).toEqual([[], []]);
    for (const line of [...system.admin.lines, ...agent.lines]) expect(line).not.toMatch(/lost/);
  });

  it('of one agent do not keep the stream of another open', async () => {
    const [silent, busy] = [await streamOf('net-vm', 100), await streamOf('gui-vm', 60_000)];
    const ended = once(silent, 'error');
    let isOver = false;
    const ping = () => busy.ping(() => isOver || ping());
    ping();
    expect(await ended).toMatchObject([{ details: 'no message from the agent within the heartbeat timeout' }]);
    isOver = true;
    expect(await machinesOf(system)).toMatchObject([
      { name: 'net-vm', agent_state: 'lost' },
      { name: 'gui-vm', agent_state: 'reporting' },
    ]);
    busy.on('error', () => undefined).cancel();
  });
});
