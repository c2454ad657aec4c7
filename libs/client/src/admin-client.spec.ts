// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Server, ServerCredentials, status, type sendUnaryData, type ServerWritableStream } from '@grpc/grpc-js';
import { parseEndpoint } from '@givc/model';
import { admin, doctor, history, journal, report, resources, RpcChannel } from '@givc/rpc';
import { AdminClient } from './admin-client.js';
import { deadlines } from './deadlines.js';

const item = (Name: string): admin.QueryListItem => ({
  Name,
  Description: '',
  VmStatus: 'Running',
  TrustLevel: 'Warning',
  VmType: 'SysVM',
  ServiceType: 'Svc',
});

describe('AdminClient', () => {
  let server: Server;
  let client: AdminClient;

  async function serve(handlers: Record<string, unknown>): Promise<void> {
    const { queryList, getUnitStatus, watch } = admin.AdminServiceService;
    server = new Server();
    server.addService({ queryList, getUnitStatus, watch }, handlers as never);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'admin-vm' };
    client = new AdminClient(parseEndpoint('admin', transport), undefined);
  }

  afterEach(() => {
    client.close();
    server.forceShutdown();
  });

  it('has a method for every rpc of the admin', async () => {
    await serve({});
    const methods = Object.getOwnPropertyNames(AdminClient.prototype);
    expect(methods.filter((name) => !['constructor', 'close', 'watchOnce'].includes(name))).toEqual([
      ...Object.keys(admin.AdminServiceService),
      ...Object.keys(report.MachinesService),
      ...Object.keys(report.PoliciesService),
      ...Object.keys(history.HistoryServiceService),
      ...Object.keys(doctor.DoctorService),
      ...Object.keys(journal.JournalServiceService),
      ...Object.keys(resources.ResourcesServiceService),
    ]);
  });

  it('resolves with the message of the server', async () => {
    await serve({
      queryList: (_: unknown, done: sendUnaryData<admin.QueryListResponse>) =>
        done(null, { List: [item('a.service')] }),
    });
    expect((await client.queryList()).List.map(({ Name }) => Name)).toEqual(['a.service']);
  });

  it("fails with the server's own reason and message", async () => {
    await serve({
      getUnitStatus: (_: unknown, done: sendUnaryData<never>) =>
        done({ code: status.NOT_FOUND, details: 'no unit "a.service" in VM "net-vm"' }),
    });
    await expect(client.getUnitStatus({ VmName: 'net-vm', UnitName: 'a.service' })).rejects.toMatchObject({
      name: 'GivcError',
      reason: 'NOT_FOUND',
      message: 'no unit "a.service" in VM "net-vm"',
    });
  });

  it('fails with UNIMPLEMENTED when the admin does not serve machines', async () => {
    await serve({});
    await expect(client.listMachines()).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
  });

  it('yields the changes in order, and ends the call when the iteration is left', async () => {
    let hungUp!: () => void;
    const cancelled = new Promise<void>((resolve) => (hungUp = resolve));
    await serve({
      watch: (call: ServerWritableStream<admin.Empty, admin.WatchItem>) => {
        call.on('cancelled', hungUp);
        call.write({ Status: { $case: 'Initial', value: { List: [] } } });
        call.write({ Status: { $case: 'Added', value: item('a.service') } });
      },
    });
    const seen: (string | undefined)[] = [];
    for await (const { Status } of client.watchOnce()) {
      seen.push(Status?.$case);
      if (Status?.$case === 'Added') break;
    }
    expect(seen).toEqual(['Initial', 'Added']);
    await cancelled;
  });

  it('ends its watches without an error when it is closed', async () => {
    await serve({
      watch: (call: ServerWritableStream<admin.Empty, admin.WatchItem>) =>
        call.write({ Status: { $case: 'Initial', value: { List: [item('a.service')] } } }),
    });
    const events = client.watch();
    expect((await events.next()).value).toMatchObject({ type: 'list', items: [{ Name: 'a.service' }] });
    const next = events.next();
    client.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('cancels a call when its signal is aborted', async () => {
    let arrived!: () => void;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    await serve({ queryList: () => arrived() });
    const leaving = new AbortController();
    const answer = client.queryList({}, { signal: leaving.signal });
    await Promise.all([
      expect(answer).rejects.toMatchObject({ reason: 'CANCELLED' }),
      asked.then(() => leaving.abort()),
    ]);
  });
});

describe('the deadline of a call', () => {
  let asked: (number | undefined)[];
  let client: AdminClient;
  beforeEach(() => {
    asked = [];
    jest.spyOn(RpcChannel.prototype, 'unary').mockImplementation((_method, _request, settings) => {
      asked.push(settings?.deadlineMs);
      return Promise.resolve({});
    });
    const transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: '9', Name: 'admin-vm' };
    client = new AdminClient(parseEndpoint('admin', transport), undefined);
  });
  afterEach(() => {
    client.close();
    jest.restoreAllMocks();
  });

  it('is more than a day for calls that end when a machine wakes up', async () => {
    await client.suspend();
    for (const ServiceName of ['suspend.target', 'systemd-suspend.service'])
      await client.startService({ ServiceName, VmName: 'net-vm' });
    await client.startService({ ServiceName: 'web.service', VmName: 'net-vm' });
    expect(asked.map((deadlineMs) => deadlineMs! > 24 * 60 * 60 * 1_000)).toEqual([true, true, true, false]);
  });

  it('is the one of the caller, or else the default of the rpc', async () => {
    await client.queryList();
    await client.queryList({}, { deadlineMs: undefined });
    await client.queryList({}, { deadlineMs: 1_000 });
    expect(asked).toEqual([deadlines.answer, deadlines.answer, 1_000]);
  });
});
