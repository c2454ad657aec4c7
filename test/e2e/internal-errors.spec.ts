// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { systemd } from '@givc/rpc';
import { TestSystem, type TestAgent, type TestServer } from '@givc/testing';
import { RegistryStore } from '../../apps/admin/src/registry/registry-store.js';
import { ExecService } from '../../apps/agent/src/exec/exec.service.js';
import { UnitsService } from '../../apps/agent/src/units/units.service.js';
import { RunningCommand } from '../support/running-command.js';

const secret = 'cannot read /etc/secret: token 4711';
const fail = () => {
  throw new TypeError(secret);
};

describe('a handler that throws an error other than GivcError', () => {
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', { capabilities: { exec: { enable: true, commands: [] } } });
    await system.untilRegistered('net-vm');
  });
  afterAll(() => system.close());
  afterEach(() => jest.restoreAllMocks());

  const unitsOf = (server: TestServer) =>
    system.channel(server).unary(systemd.UnitControlServiceService.getUnitStatus, { UnitName: 'a.service' });

  it.each<[what: string, rpc: string, server: () => TestServer, call: () => Promise<unknown>]>([
    [
      'with one answer, of the admin',
      '/admin.AdminService/QueryList',
      () => system.admin,
      () => {
        jest.spyOn(RegistryStore.prototype, 'list').mockImplementation(fail);
        return system.client().queryList();
      },
    ],
    [
      'with a stream of answers',
      '/admin.AdminService/Watch',
      () => system.admin,
      () => {
        jest.spyOn(RegistryStore.prototype, 'list').mockImplementation(fail);
        return system.client().watchOnce().next();
      },
    ],
    [
      'with one answer, of an agent',
      '/systemd.UnitControlService/GetUnitStatus',
      () => agent,
      () => {
        jest.spyOn(UnitsService.prototype, 'status').mockRejectedValue(new TypeError(secret));
        return unitsOf(agent);
      },
    ],
    [
      'with streams both ways',
      '/exec.Exec/RunCommand',
      () => agent,
      () => {
        jest.spyOn(ExecService.prototype, 'run').mockRejectedValue(new TypeError(secret));
        return new RunningCommand(system.channel(agent)).ended;
      },
    ],
  ])('gives its caller only a reference to the log, and the log the whole error: %s', async (_, rpc, server, call) => {
    const before = server().lines.length;
    await expect(call()).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'internal error; the log of this daemon says more',
      field: undefined,
      info: undefined,
    });
    const logged = server()
      .lines.slice(before)
      .filter((line) => line.includes(secret));
    expect(logged).toEqual([
      expect.stringMatching(`^error: rpc failed rpc=${rpc} error="TypeError: ${secret}\\\\n    at .*\\.(spec\\.)?ts:`),
    ]);
  });

  it('fails the same way when it throws a value that is not an error', async () => {
    jest.spyOn(RegistryStore.prototype, 'list').mockImplementation(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw secret;
    });
    const before = system.admin.lines.length;
    await expect(system.client().queryList()).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'internal error; the log of this daemon says more',
    });
    expect(system.admin.lines.slice(before)).toContain(
      `error: rpc failed rpc=/admin.AdminService/QueryList error="${secret}"`,
    );
  });

  it('does not end the daemon, and the next call is served', async () => {
    jest.spyOn(RegistryStore.prototype, 'list').mockImplementationOnce(fail);
    await expect(system.client().queryList()).rejects.toMatchObject({ reason: 'INTERNAL' });
    await expect(system.client().queryList()).resolves.toMatchObject({ List: [{ Name: 'givc-net-vm.service' }] });
  });
});
