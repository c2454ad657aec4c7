// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli } from '../support/cli.js';
import { StandInPrograms } from '../support/programs.js';

const notification = { Event: 'Battery', Title: 'Low', Urgency: 2, Icon: 'battery', Message: '5 % left' };

describe('the facts about a machine', () => {
  let system: TestSystem;
  let host: TestAgent;
  let programs: StandInPrograms;
  let folder: string;

  beforeAll(async () => {
    programs = new StandInPrograms();
    folder = mkdtempSync(join(tmpdir(), 'givc-facts-'));
    system = await TestSystem.start({ tls: false });
    const capabilities = { notifier: { enable: true, socket: folder }, hwid: { enable: true, interface: 'nope0' } };
    host = await system.startAgent('host', { type: 0 });
    await system.startAgent('net-vm', { capabilities });
    await Promise.all(['host', 'net-vm'].map((name) => system.untilRegistered(name)));
  });
  afterAll(async () => {
    await system.close();
    programs.remove();
    rmSync(folder, { recursive: true });
  });

  it('are its load and memory, for people and for programs', async () => {
    const people = await cli(system, 'get-stats', 'net-vm');
    expect(people).toMatchObject({ status: 0, err: '' });
    expect(people.out).toMatch(/^Memory: .*available.*\nLoad: .*\nCPU: .*\nProcesses: \d+, \d+ running\n/);
    const { out } = await cli(system, 'get-stats', 'net-vm', '--as-json');
    const { memory, process: processes } = JSON.parse(out) as {
      memory: { total: number; available: number };
      process: { total: number; running: number; cpu_processes: object[]; mem_processes: { res_set_size: number }[] };
    };
    expect(memory.total).toBeGreaterThan(memory.available);
    expect(processes.total).toBeGreaterThan(processes.running);
    const sizes = processes.mem_processes.map((one) => one.res_set_size);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    await expect(system.client().getStats({ VmName: 'no-vm' })).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(system.client().getStats({ VmName: '' })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'VmName: the name of a VM is missing',
      field: 'VmName',
    });
  });

  it('are the hardware, if it is the host', async () => {
    programs.add('ghaf-version', 'echo 25.06');
    programs.add('bootctl', 'echo "  Secure Boot: disabled (setup)"');
    programs.add('lsblk', 'exit 1');
    expect(await cli(system, 'sysinfo')).toEqual({
      status: 0,
      out: 'Ghaf Version: 25.06\nSecure Boot: disabled\nDisk Encryption: unknown\n',
      err: '',
    });
    expect(await system.client().sysinfo()).toEqual({ GhafVersion: '25.06', SecureBoot: false });
  });

  it('include the notifications to its user', async () => {
    const server = createServer().listen(join(folder, 'desktop.sock'));
    const received = once(server, 'connection').then(([socket]) => text(socket as Socket));
    await once(server, 'listening');
    expect(await system.client().notifyUser({ VmName: 'net-vm', Notification: notification })).toEqual({
      Status: 'Notification sent',
    });
    expect(JSON.parse(await received)).toEqual(notification);
    server.close();
    expect(await cli(system, 'notify-user', 'net-vm')).toEqual({ status: 0, out: 'Notification sent.\n', err: '' });
  });

  it.each([
    ['Notification.Urgency: invalid urgency 3', { VmName: 'net-vm', Notification: { ...notification, Urgency: 3 } }],
    ['Notification: required', { VmName: 'net-vm', Notification: undefined }],
    ['VmName: ', { VmName: '', Notification: notification }],
  ])('are rejected with %s', async (message, request) => {
    await expect(system.client().notifyUser(request)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it('are rejected where they are not enabled, with the key that enables them', async () => {
    await expect(system.client().notifyUser({ VmName: 'host', Notification: notification })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^the agent of host .*capabilities\.notifier\.enable/),
    });
    const { status, err } = await cli(system, 'hwid', 'host');
    expect({ status, err }).toEqual({
      status: 1,
      err: 'givc-cli: the agent of host does not offer this; capabilities.hwid.enable in its configuration enables it\n',
    });
    expect(host.handled).not.toContain('/hwid.HwidService/GetHwId');
  });

  it('include no hardware id when the network interface is missing', async () => {
    expect(await cli(system, 'hwid', 'net-vm')).toMatchObject({
      status: 1,
      err: expect.stringContaining('no network interface "nope0", which capabilities.hwid.interface names'),
    });
  });
});
