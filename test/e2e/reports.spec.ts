// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { status } from '@grpc/grpc-js';
import { report, reportProtocolVersion, type OutgoingBidiCall } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { transportOf, type UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { machinesOf, startWebAgent, untilUnitIs, web } from '../support/web-agent.js';
import { agentOf, entryOf } from '../support/report-messages.js';

describe('reports of agents', () => {
  let system: TestSystem;
  let client: AdminClient;

  afterEach(() => system.close());

  const start = async (options: Parameters<typeof TestSystem.start>[0] = {}) => {
    system = await TestSystem.start(options);
    client = system.client();
  };
  const startWeb = (heartbeatMs?: number) => startWebAgent(system, heartbeatMs);
  const webIs = (VmStatus: string) => untilUnitIs(system, web, VmStatus);
  const machines = () => machinesOf(system);

  /** A report stream of a machine whose agent is the test. */
  function stream(vm: string): {
    readonly call: OutgoingBidiCall<report.ReportRequest, report.ReportResponse>;
    send(message: report.ReportRequest['message']): void;
    /** The next message of the admin. */
    receive(): Promise<report.ReportResponse['message']>;
    readonly ended: Promise<{ code: number; details: string }>;
  } {
    const call = system.channel(system.admin, vm).duplex(report.ReportsService.report);
    const received: report.ReportResponse['message'][] = [];
    let wake = () => {};
    call.on('data', ({ message }: report.ReportResponse) => {
      received.push(message);
      wake();
    });
    const ended = new Promise<{ code: number; details: string }>((resolve) => {
      call.on('error', () => undefined);
      call.on('status', resolve);
    });
    return {
      call,
      send: (message) => void call.write({ message }),
      receive: async () => {
        while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return received.shift();
      },
      ended,
    };
  }
  const snapshot = (
    vm: string,
    entries: report.Entry[] = [],
    fields: Partial<report.Snapshot> = {},
  ): report.ReportRequest['message'] => ({
    $case: 'snapshot',
    value: {
      ...{ agent: agentOf(vm), entries, heartbeat_interval_ms: 60_000, boot_id: '' },
      ...{ protocol_version: 1, agent_version: '0.1.0' },
      ...fields,
    },
  });
  const accepted = (...rejected: report.Rejected[]): report.ReportResponse['message'] => ({
    $case: 'snapshot_accepted',
    value: { rejected, protocol_version: reportProtocolVersion, admin_version: 'development' },
  });

  it('are a snapshot of everything, then each change', async () => {
    await start();
    const agent = await startWeb();
    expect(await machines()).toEqual([
      {
        name: 'net-vm',
        vm_type: 'SysVM',
        vm_status: '',
        agent_state: 'reporting',
        last_seen_ms: expect.any(Number),
        address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        transport: transportOf(agent.endpoint),
        agent_version: 'development',
        protocol_version: reportProtocolVersion,
        applications: { names: ['clock'] },
      },
    ]);
    agent.systemd.crash(web);
    await webIs('PoweredOff');
    await agent.systemd.startUnit(web);
    await webIs('Running');
  });

  it('follow the last signal of systemd, even for a unit that has ended before the answer to its start arrives', async () => {
    await start();
    class Hasty extends FakeSystemd {
      override async startUnit(unit: UnitName) {
        const started = await super.startUnit(unit);
        this.crash(unit);
        return started;
      }
    }
    const systemd = new Hasty();
    systemd.define(web);
    await system.startAgent('net-vm', { systemd, capabilities: { services: [web] } });
    await webIs('PoweredOff');
    await client.startService({ VmName: 'net-vm', ServiceName: web });
    expect((await client.queryList()).List).toContainEqual(
      expect.objectContaining({ Name: web, VmStatus: 'PoweredOff' }),
    );
  });

  it('contain how an application ended, which the admin logs', async () => {
    await start();
    const agent = await startWeb();
    for (const [how, end] of [
      ['stopped result=success status=15', () => void agent.systemd.stopUnit('clock@0.service' as UnitName)],
      ['crashed result=exit-code status=1', () => agent.systemd.crash('clock@0.service' as UnitName)],
      ['"closed itself" result=success status=0', () => agent.systemd.exit('clock@0.service' as UnitName)],
    ] as const) {
      await client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
      end();
      await system.until((list) => !list.some(({ Name }) => Name.startsWith('clock')));
      expect(system.admin.lines).toContain(`info: application ended unit=clock@0.service vm=net-vm how=${how}`);
    }
  });

  it('replace the known entries: those that are not in the snapshot are removed', async () => {
    await start();
    const first = stream('net-vm');
    first.send(snapshot('net-vm', [entryOf('a.service', 'net-vm'), entryOf('b.service', 'net-vm')]));
    expect(await first.receive()).toEqual(accepted());
    const second = stream('net-vm');
    second.send(snapshot('net-vm', [entryOf('b.service', 'net-vm')]));
    await second.receive();
    expect((await client.queryList()).List.map(({ Name, VmStatus }) => [Name, VmStatus])).toEqual([
      ['givc-net-vm.service', 'Running'],
      ['b.service', 'Running'],
    ]);
    expect(await first.ended).toMatchObject({ code: status.ABORTED });
    second.call.cancel();
  });

  it('are acknowledged once they are in the registry', async () => {
    await start();
    const { send, receive, call } = stream('net-vm');
    send(snapshot('net-vm'));
    await receive();
    for (let n = 1; n <= 500; n++) send({ $case: 'entry', value: entryOf(`u${n}.service`, 'net-vm') });
    for (;;) {
      const answer = await receive();
      if (answer?.$case === 'acknowledged' && answer.value.count === 500) break;
    }
    expect((await client.queryList()).List).toHaveLength(501);
    call.cancel();
  });

  it('are rejected one by one, and recorded, when they are about entries of others', async () => {
    await start();
    const { send, receive, call } = stream('net-vm');
    send(snapshot('net-vm', [entryOf('a.service', 'net-vm'), entryOf('b.service', 'gui-vm')]));
    const reason = expect.stringContaining('not of the agent of net-vm') as string;
    expect(await receive()).toEqual(accepted({ name: 'b.service', reason }));
    send({ $case: 'entry', value: entryOf('givc-gui-vm.service', 'net-vm') });
    expect(await receive()).toMatchObject({ $case: 'rejected', value: { name: 'givc-gui-vm.service' } });
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
      peer: 'net-vm',
      rpc: '/report.Reports/Report',
      request: { Name: 'givc-gui-vm.service' },
    });
    call.cancel();
  });

  it.each<[string, number, report.ReportRequest['message']]>([
    ['begin with an entry', status.INVALID_ARGUMENT, { $case: 'entry', value: entryOf('a.service', 'net-vm') }],
    ['come from another machine', status.PERMISSION_DENIED, snapshot('gui-vm')],
    ['have no agent', status.INVALID_ARGUMENT, snapshot('net-vm', [], { agent: undefined })],
    [
      'are of too many units',
      status.RESOURCE_EXHAUSTED,
      snapshot(
        'net-vm',
        Array.from({ length: 1_001 }, (_, n) => entryOf(`u${n}.service`, 'net-vm')),
      ),
    ],
  ])('end with a status when they %s', async (_, code, message) => {
    await start();
    const { send, ended } = stream('net-vm');
    send(message);
    expect(await ended).toMatchObject({ code });
    expect((await client.queryList()).List).toEqual([]);
  });

  it('make the agent lost when they fall silent, and the next snapshot brings it back', async () => {
    await start();
    const silent = stream('net-vm');
    silent.send(snapshot('net-vm', [entryOf('a.service', 'net-vm')], { heartbeat_interval_ms: 100 }));
    await silent.receive();
    await system.until((list) =>
      list.some(({ Name, VmStatus }) => Name.startsWith('givc') && VmStatus === 'PoweredOff'),
    );
    expect(await silent.ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(await machines()).toMatchObject([{ agent_state: 'lost' }]);
    const again = stream('net-vm');
    again.send(snapshot('net-vm', [entryOf('a.service', 'net-vm')]));
    await again.receive();
    expect(await machines()).toMatchObject([{ agent_state: 'reporting' }]);
    again.call.cancel();
  });

  it.each([50, -50_000])('are not affected by a clock that jumps by %i minutes', async (minutes) => {
    await start();
    // The agent is not lost unless the machine of the test stands still for 2.5 s.
    const agent = await startWeb(1_000);
    const asking = system.channel(system.admin);
    const lastSeen = async () =>
      (await asking.unary(report.MachinesService.listMachines, {})).machines[0]!.last_seen_ms!;
    await lastSeen();
    const real = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + minutes * 60 * 1_000);
    const since = system.admin.lines.length;
    try {
      // More heartbeats in both directions than may be missed.
      for (let beat = 0; beat < 3; beat++) {
        let before = await lastSeen();
        for (let now = await lastSeen(); now >= before; now = await lastSeen()) before = now;
      }
      agent.systemd.crash(web);
      await webIs('PoweredOff');
    } finally {
      clock.mockRestore();
    }
    expect(system.admin.lines.slice(since).join('\n')).not.toMatch(/lost|registered/);
    expect(agent.lines.join('\n')).not.toContain('admin lost');
  });

  it('end with their agent, before a heartbeat is missed', async () => {
    await start();
    const agent = await startWeb(60_000);
    const changes = client.watchOnce();
    await changes.next();
    await agent.close();
    const { value } = await changes.next();
    expect(value).toMatchObject({
      Status: { $case: 'Updated', value: { Name: 'givc-net-vm.service', VmStatus: 'PoweredOff' } },
    });
    await changes.return(undefined);
  });

  it('are not needed by an admin without them: the agent registers, again and again', async () => {
    await start({ serves: ['admin.AdminService'] });
    const agent = await startWeb();
    agent.systemd.crash(web);
    await webIs('PoweredOff');
    const { address } = system.admin.endpoint;
    await system.admin.close();
    await system.startAdmin({ serves: ['admin.AdminService'], listen: [address] });
    client = system.client();
    await webIs('PoweredOff');
    expect(agent.lines.filter((line) => line.startsWith('info: registered '))).toHaveLength(2);
  });
});
