// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { FakeSystemd } from '@givc/systemd';
import { AdminClient } from '@givc/client';
import { GivcError, type UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { itInProcess, RunningCli } from '../../apps/cli/src/running-cli.fixture.js';

const web = 'web.service' as UnitName;

const complete = (...words: string[]) => new RunningCli(['complete', '--', ...words]).ended;

describe('givc-cli complete', () => {
  let system: TestSystem;
  let admin: string[];

  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    const applications = [{ name: 'clock', command: '/bin/clock' }];
    await system.startAgent('net-vm', { systemd, capabilities: { services: [web], applications } });
    await system.until((list) => list.some(({ Name }) => Name === web));
    const { address, name } = system.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('the admin of this test listens on TCP');
    admin = ['--notls', '--addr', address.host, '--port', String(address.port), '--name', name];
  });
  afterAll(() => system.close());

  it('asks the admin of the command line', async () => {
    expect(await complete(...admin, 'start', 'vm', '')).toEqual({ status: 0, out: 'net-vm\tSysVM\n', err: '' });
    expect(await complete('start', 'service', '--vm', 'net-vm', ...admin, 'web')).toEqual({
      status: 0,
      out: 'web.service\tRunning in net-vm\n',
      err: '',
    });
  });

  it('offers applications that do not run', async () => {
    expect((await complete(...admin, 'start', 'app', '')).out).toBe('clock\tnet-vm\n');
    expect((await complete(...admin, 'start', 'app', '--vm', 'gui-vm', '')).out).toBe('');
  });

  itInProcess('offers those that run when the admin lists no machines', async () => {
    const client = system.client();
    const { registryId } = await client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
    const list = jest.spyOn(AdminClient.prototype, 'listMachines');
    list.mockRejectedValue(new GivcError('UNIMPLEMENTED', 'no such service'));
    const { out } = await complete(...admin, 'start', 'app', '');
    list.mockRestore();
    expect(out).toBe('clock\tnet-vm\n');
    await client.stopApplication({ AppName: registryId, VmName: 'net-vm', Args: [] });
  });

  it('asks the admin of the environment', async () => {
    const [, , host, , port, , name] = admin;
    const settings = { GIVC_ADDR: host, GIVC_PORT: port, GIVC_NAME: name, GIVC_NO_TLS: 'true' };
    Object.assign(process.env, settings);
    const { out } = await complete('start', 'vm', 'n');
    for (const variable of Object.keys(settings)) delete process.env[variable];
    expect(out).toBe('net-vm\tSysVM\n');
  });

  it.each([
    ['no server listens', ['--notls', '--addr', '/nonexistent/admin.sock']],
    ['there is no certificate', ['--cacert', '/nope', '--cert', '/nope', '--key', '/nope']],
    ['the options are wrong', ['--notls', '--port', 'x']],
  ])('prints nothing when %s', async (_, options) => {
    expect(await complete(...options, 'start', 'vm', '')).toEqual({ status: 0, out: '', err: '' });
    expect((await complete(...options, 'start', 'v')).out).toMatch(/^vm\t/);
  });

  itInProcess('offers nothing once an admin that accepts the call has not answered for 1.5 s', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const limit = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(limit.signal);
    const taken = once(silent, 'connection');
    const run = complete('--notls', '--port', String(port), 'start', 'vm', '');
    await taken;
    expect(timeout).toHaveBeenCalledWith(1_500);
    timeout.mockRestore();
    limit.abort();
    expect(await run).toEqual({ status: 0, out: '', err: '' });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
