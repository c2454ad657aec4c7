// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { services } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem } from '@givc/testing';
import { closed } from '../support/closed.js';
import { registration } from '../support/registration.js';
import { ask, scrape, scrapeUntil } from '../support/scrape.js';
import { stalledWatch } from '../support/stalled-watch.js';

const { registerService } = services['admin.AdminService'];
const metrics = { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const;
const rules = `permit (principal, action, resource) unless { principal == Source::"net-vm" };`;

const calls = (rpc: string, code: string) => `givc_rpc_calls_total{rpc="admin.AdminService/${rpc}",code="${code}"}`;

describe('the metrics', () => {
  const systems: TestSystem[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const start = async (options: Parameters<typeof TestSystem.start>[0] = {}) => {
    const system = await TestSystem.start({ metrics, ...options });
    systems.push(system);
    return system;
  };
  afterEach(() => Promise.all(systems.splice(0).map((system) => system.close())));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('count each call by rpc and status, in whichever layer it was answered', async () => {
    const system = await start({ rules });
    const client = system.client();
    await client.queryList();
    await client.queryList();
    await expect(system.client('net-vm').queryList()).rejects.toHaveProperty('reason', 'PERMISSION_DENIED');
    await expect(client.getUnitStatus({ VmName: '-', UnitName: 'a.service' })).rejects.toHaveProperty(
      'reason',
      'INVALID_ARGUMENT',
    );
    await expect(client.wakeup()).rejects.toHaveProperty('reason', 'UNIMPLEMENTED');
    const huge = { ...registerService, requestSerialize: () => Buffer.alloc(5 * 1024 * 1024) };
    await expect(system.channel(system.admin).unary(huge, undefined as never)).rejects.toHaveProperty(
      'reason',
      'RESOURCE_EXHAUSTED',
    );
    const hangUp = new AbortController();
    await client.watchOnce({}, { signal: hangUp.signal }).next();
    hangUp.abort();
    const at = system.admin.metrics;
    await scrapeUntil(at, calls('QueryList', 'OK'), 2);
    await scrapeUntil(at, calls('QueryList', 'PERMISSION_DENIED'), 1);
    await scrapeUntil(at, calls('GetUnitStatus', 'INVALID_ARGUMENT'), 1);
    await scrapeUntil(at, calls('Wakeup', 'UNIMPLEMENTED'), 1);
    await scrapeUntil(at, calls('RegisterService', 'RESOURCE_EXHAUSTED'), 1);
    await scrapeUntil(at, calls('Watch', 'CANCELLED'), 1);
    const samples = await scrape(at);
    expect(samples.get('givc_rpc_duration_seconds_count{rpc="admin.AdminService/QueryList"}')).toBe(3);
    expect(samples.get('givc_rpc_duration_seconds_bucket{le="30",rpc="admin.AdminService/QueryList"}')).toBe(3);
    expect([...samples.keys()].filter((name) => name.includes('duration') && name.includes('Watch'))).toEqual([]);
    expect(samples.get('givc_rpc_open_calls')).toBe(0);
    expect(samples.get('givc_rpc_connections')).toBeGreaterThanOrEqual(2);
  });

  it('show the number of registry entries and the states of agents', async () => {
    const system = await start();
    const before = await scrape(system.admin.metrics);
    expect(before.get('givc_registry_entries{type="Mgr"}')).toBe(0);
    await system.startAgent('net-vm', { capabilities: { services: ['web.service'] } });
    await system.until((list) => list.some(({ Name }) => Name === 'web.service'));
    const samples = await scrape(system.admin.metrics);
    expect(samples.get('givc_registry_entries{type="Mgr"}')).toBe(1);
    expect(samples.get('givc_registry_entries{type="Svc"}')).toBe(1);
    expect(samples.get('givc_agents{state="reporting"}')).toBe(1);
    expect(samples.get('givc_agents{state="lost"}')).toBe(0);
    await system.client('x-vm').registerService(registration({}));
    await scrapeUntil(system.admin.metrics, 'givc_agents{state="lost"}', 1);
    expect((await scrape(system.admin.metrics)).get('givc_registry_entries{type="Mgr"}')).toBe(2);
  });

  it('show the backlog of a watcher that does not read', async () => {
    const system = await start({ tls: false });
    const { session } = await stalledWatch(system);
    const client = system.client();
    await client.registerService(registration({}));
    for (let n = 0; n < 300; n++)
      await client.registerService(
        registration({ Name: `u${n}.service`, Parent: 'givc-x-vm.service', Type: 9 }, 'd'.repeat(1_000)),
      );
    const samples = await scrape(system.admin.metrics);
    expect(samples.get('givc_watchers')).toBe(1);
    expect(samples.get('givc_watch_backlog_entries')).toBeGreaterThan(100);
    expect(samples.get('givc_watch_backlog_entries')).toBeLessThan(300);
    session.destroy();
    await scrapeUntil(system.admin.metrics, 'givc_watchers', 0);
    expect((await scrape(system.admin.metrics)).get('givc_watch_backlog_entries')).toBe(0);
  });

  it('count the restarts of VMs and the signals of systemd', async () => {
    const unit = 'microvm@app-vm.service' as UnitName;
    const system = await start({ services: [unit] });
    const systemd = new FakeSystemd();
    systemd.define(unit, { active: true });
    await system.startAgent('host', { type: 0, systemd, capabilities: { vmServices: { appVms: [unit] } } });
    await system.until((list) => list.some((item) => item.Name === unit));
    const before = await scrape(system.admin.metrics);
    expect(before.get('givc_vm_restarts_total{vm="app-vm"}')).toBe(0);
    expect(before.get('givc_event_delay_seconds_count')).toBe(0);
    await systemd.watchUnit(unit, ({ ActiveState }) => {
      if (ActiveState === 'active') void system.startAgent('app-vm', { type: 12, parent: unit });
    });
    systemd.crash(unit);
    await system.untilRegistered('app-vm');
    await scrapeUntil(system.admin.metrics, 'givc_vm_restarts_total{vm="app-vm"}', 1);
    const after = await scrape(system.admin.metrics);
    expect(after.get('givc_event_delay_seconds_count')).toBeGreaterThan(0);
  });

  it('count the calls of an agent, and describe the process of every daemon', async () => {
    const system = await start();
    const agent = await system.startAgent('net-vm', { metrics, capabilities: { services: ['web.service'] } });
    const { getUnitStatus } = services['systemd.UnitControlService'];
    await expect(
      system.channel(agent, 'admin-vm').unary(getUnitStatus, { UnitName: 'sshd.service' }),
    ).rejects.toHaveProperty('reason', 'PERMISSION_DENIED');
    await scrapeUntil(
      agent.metrics,
      'givc_rpc_calls_total{rpc="systemd.UnitControlService/GetUnitStatus",code="PERMISSION_DENIED"}',
      1,
    );
    for (const at of [agent.metrics, system.admin.metrics]) {
      const samples = await scrape(at);
      expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
      expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
      expect(samples.get('process_start_time_seconds')).toBeGreaterThan(0);
      expect(samples.get('givc_build_info{version="development"}')).toBe(1);
      expect(samples.get('givc_event_loop_delay_seconds{stat="p99"}')).toBeGreaterThanOrEqual(0);
    }
  });

  it('are served to GET and HEAD of their path, and nothing else is', async () => {
    const { admin: server } = await start();
    const { status, type, text } = await ask(server.metrics, '/metrics?name=x');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(text).toContain('# HELP givc_rpc_calls_total ');
    expect(await ask(server.metrics, '/metrics', 'HEAD')).toEqual({ status, type, text: '' });
    expect(await ask(server.metrics, '/metrics', 'POST')).toHaveProperty('status', 405);
    for (const path of ['/', '/metrics/', '/../metrics', '*'])
      expect(await ask(server.metrics, path)).toHaveProperty('status', 404);
  });

  it('are served to a few connections at once, with one request each', async () => {
    const { admin: server } = await start();
    const { port } = server.metrics as { port: number };
    const pipelined = connect(port, '127.0.0.1');
    pipelined.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
    await closed(pipelined);
    const idle = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    await closed(connect(port, '127.0.0.1'));
    const [first, ...more] = idle;
    first!.end();
    await closed(first!);
    expect(await ask(server.metrics, '/metrics')).toHaveProperty('status', 200);
    for (const socket of more) socket.destroy();
  });

  it('are served at a unix socket to its group, and the socket is removed with the daemon', async () => {
    const path = join(folder, 'metrics.sock');
    const system = await start({ metrics: { protocol: 'unix', path } });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect((await scrape(system.admin.metrics)).get('givc_watchers')).toBe(0);
    await expect(TestSystem.start({ metrics: { protocol: 'unix', path } })).rejects.toThrow(/another process/);
    await system.close();
    expect(existsSync(path)).toBe(false);
  });

  it('prevent the start of a daemon whose address for them is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(TestSystem.start({ metrics: { ...metrics, port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}`,
    );
    taken.close();
  });

  it('are off by default', async () => {
    const system = await start({ metrics: undefined });
    await system.client().queryList();
    expect(system.admin.metrics).toBeUndefined();
  });
});
