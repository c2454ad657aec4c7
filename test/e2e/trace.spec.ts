// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { admin, type RpcChannel } from '@givc/rpc';
import { currentTrace } from '@givc/trace';
import { TestSystem, type TestAgent, type TestServer } from '@givc/testing';

const appVm = 'microvm@app-vm.service' as UnitName;
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const rpc = admin.AdminServiceService;

describe('a trace', () => {
  let system: TestSystem;
  let host: TestAgent;
  let channel: RpcChannel;
  let booted: Promise<TestAgent> | undefined;

  beforeEach(async () => {
    system = await TestSystem.start({
      rules:
        'permit (principal, action, resource) unless { action == Command::"QueryList" && principal == Source::"gui-vm" };',
    });
    host = await system.startAgent('host', { type: 0, capabilities: { vmServices: { appVms: [appVm] } } });
    host.systemd.define(appVm);
    await system.until((list) => list.some(({ Name }) => Name === appVm));
    await host.systemd.watchUnit(appVm, ({ ActiveState }) => {
      if (ActiveState === 'active')
        booted = system.startAgent('app-vm', {
          type: 12,
          parent: appVm,
          capabilities: { applications: [{ name: 'app', command: '/bin/app' }] },
        });
    });
    channel = system.channel(system.admin);
  });
  afterEach(() => system.close());

  const start = (metadata: Readonly<Record<string, string>>) =>
    channel.unary(rpc.startApplication, { AppName: 'app', VmName: 'app-vm', Args: [] }, { metadata });

  /** What a daemon has written about calls that change something: the phase or answer, and the trace. */
  const recordOf = ({ record }: TestServer) =>
    [...record.begun, ...record.lines].map(({ rpc: path, trace_id: trace }) => [path?.split('/')[2], trace]);

  const tracedLinesOf = ({ lines }: TestServer) => lines.filter((line) => line.includes('trace_id='));

  it('of a start of an application is in the log and the audit log of each machine, from the boot of its VM', async () => {
    await start({ traceparent });
    const agent = (await booted)!;
    expect(recordOf(system.admin)).toEqual(
      expect.arrayContaining([
        ['StartApplication', traceId],
        ['StartApplication', traceId],
      ]),
    );
    expect(recordOf(host)).toEqual([
      ['StartUnit', traceId],
      ['StartUnit', traceId],
    ]);
    expect(recordOf(agent)).toEqual([
      ['StartApplication', traceId],
      ['StartApplication', traceId],
    ]);
    const ended = (name: string, peer: string): unknown =>
      expect.stringMatching(
        new RegExp(`^debug: call ended rpc=${name} peer=${peer} answer=OK ms=\\d+ trace_id=${traceId}$`),
      );
    expect(tracedLinesOf(system.admin)).toEqual(
      expect.arrayContaining([
        `info: starting VM vm=app-vm trace_id=${traceId}`,
        ended('admin.AdminService/StartApplication', 'cli'),
      ]),
    );
    expect(tracedLinesOf(host)).toEqual([ended('systemd.UnitControlService/StartUnit', 'admin-vm')]);
    expect(tracedLinesOf(agent)).toEqual([ended('systemd.UnitControlService/StartApplication', 'admin-vm')]);
  });

  it('is that of its own call, beside others', async () => {
    await start({ traceparent });
    const others = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    await Promise.all([
      ...others.map((other) => start({ traceparent: traceparent.replace(traceId, other) })),
      start({}),
      start({ traceparent: traceparent.toUpperCase() }),
    ]);
    const traces = recordOf((await booted)!).map(([, trace]) => trace);
    for (const other of others) expect(traces.filter((trace) => trace === other)).toHaveLength(2);
    expect(traces.filter((trace) => trace === undefined)).toHaveLength(4);
    expect(traces).toHaveLength(12);
  });

  it('is carried on unchanged, with its state', async () => {
    const seen: unknown[] = [];
    const unit = { VmName: 'host', UnitName: appVm };
    const get = host.systemd.unitStatus.bind(host.systemd);
    jest.spyOn(host.systemd, 'unitStatus').mockImplementation((name) => {
      seen.push(currentTrace());
      return get(name);
    });
    await channel.unary(rpc.getUnitStatus, unit, { metadata: { traceparent, tracestate: 'congo=t61rcWkgMzE' } });
    await channel.unary(rpc.getUnitStatus, unit, { metadata: { traceparent, tracestate: 'x'.repeat(513) } });
    await channel.unary(rpc.getUnitStatus, unit);
    expect(seen).toEqual([
      { traceId, parent: traceparent, state: 'congo=t61rcWkgMzE' },
      { traceId, parent: traceparent, state: undefined },
      undefined,
    ]);
  });

  it('is in the line of a call that the rules deny', async () => {
    const call = system.channel(system.admin, 'gui-vm').unary(rpc.queryList, {}, { metadata: { traceparent } });
    await expect(call).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(recordOf(system.admin).at(-1)).toEqual(['QueryList', traceId]);
  });
});
