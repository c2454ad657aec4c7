// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Reason } from '@givc/model';
import { errorOfStatus, exec, GrpcDialer, policyadmin, RpcChannel, stats, type CallSettings } from '@givc/rpc';
import { endpointOf, runningStatus, unitNamed, vmNamed } from '../registry/registry.fixture.js';
import { AgentConnection } from './agent-connection.js';

const unit = unitNamed('web.service');
const vm = vmNamed('net-vm');
const agent = 'the agent of net-vm (127.0.0.1:9000)';

describe('a connection to an agent', () => {
  let connection: AgentConnection;
  let called: { readonly path: string; readonly request: unknown; readonly settings: CallSettings }[];
  let answer: () => Promise<unknown>;

  beforeEach(() => {
    called = [];
    answer = () => Promise.resolve({ UnitStatus: runningStatus(unit) });
    jest.spyOn(RpcChannel.prototype, 'unary').mockImplementation(({ path }, request, settings = {}) => {
      called.push({ path, request, settings });
      return answer();
    });
    connection = new AgentConnection(vm, endpointOf(vm), new GrpcDialer(undefined), () => undefined);
  });
  afterEach(() => {
    connection.close();
    jest.restoreAllMocks();
  });

  const service = '/systemd.UnitControlService';
  it.each<[string, () => Promise<unknown>, string, number, object]>([
    ['4 s for a state', () => connection.unitStatus(unit), 'GetUnitStatus', 4_000, {}],
    ['100 s for a start, as systemd does', () => connection.startUnit(unit), 'StartUnit', 100_000, {}],
    ['as long as requested for a start that takes longer', () => connection.startUnit(unit, 7), 'StartUnit', 7, {}],
    ['190 s for a stop, as systemd does', () => connection.stopUnit(unit), 'StopUnit', 190_000, {}],
    ['10 s to freeze', () => connection.freezeUnit(unit), 'FreezeUnit', 10_000, {}],
    ['10 s to thaw', () => connection.thawUnit(unit), 'UnfreezeUnit', 10_000, {}],
    [
      '30 s for the start of an application',
      () => connection.startApplication(unit, ['-x']),
      'StartApplication',
      30_000,
      { Args: ['-x'] },
    ],
  ])('waits %s for the answer of an agent', async (_, call, rpc, deadlineMs, more) => {
    expect(await call()).toEqual(runningStatus(unit));
    expect(called).toEqual([
      { path: `${service}/${rpc}`, request: { UnitName: unit, ...more }, settings: { deadlineMs } },
    ]);
  });

  it('keeps only the valid parts of an answer', async () => {
    const status = runningStatus(unit);
    answer = () => Promise.resolve({ UnitStatus: { ...status, Name: 'x'.repeat(300), Description: 'd'.repeat(4e6) } });
    expect(await connection.unitStatus(unit)).toEqual({ ...status, Description: 'd'.repeat(512) });
    answer = () => Promise.resolve({ UnitStatus: { ...status, SubState: 's'.repeat(4e6) } });
    await expect(connection.unitStatus(unit)).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: expect.stringMatching(
        /^the agent answered with an invalid status of web.service: UnitStatus.SubState: .{1,300}$/,
      ) as string,
    });
  });

  it('accepts messages of up to 128 KiB', () => {
    const dialer = new GrpcDialer(undefined);
    const dial = jest.spyOn(dialer, 'dial');
    new AgentConnection(vm, endpointOf(vm), dialer, () => undefined).close();
    expect(dial).toHaveBeenCalledWith(endpointOf(vm), expect.objectContaining({ messageBytes: 131_072 }));
  });

  it('rejects an answer with too many fields before it is decoded, for every kind of call', async () => {
    const unary = jest.spyOn(RpcChannel.prototype, 'unary').mockResolvedValue({});
    const duplex = jest.spyOn(RpcChannel.prototype, 'duplex').mockReturnValue(undefined as never);
    const clientStream = jest.spyOn(RpcChannel.prototype, 'clientStream').mockResolvedValue({});
    connection.verify();
    await connection.call(stats.StatsServiceService.getStats, {}, {});
    connection.duplex(exec.ExecService.runCommand);
    await connection.send(policyadmin.PolicyAdminService.streamPolicy, (async function* () {})(), {});
    const methods = [...unary.mock.calls, ...duplex.mock.calls, ...clientStream.mock.calls].map(([method]) => method);
    expect(methods).toHaveLength(4);
    const empty = Buffer.alloc(200_000, Buffer.from([0x7a, 0]));
    for (const method of methods) expect(() => method.responseDeserialize(empty)).toThrow('more than 65536 fields');
  });

  it('fails when the agent answers without a status', async () => {
    answer = () => Promise.resolve({});
    await expect(connection.unitStatus(unit)).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'the agent answered without a status of web.service',
    });
  });

  it.each<[Reason, Reason, string, string, string]>([
    ['DEADLINE_EXCEEDED', 'UNAVAILABLE', `${agent} `, 'did not answer within 0.2 s', ''],
    ['UNAVAILABLE', 'UNAVAILABLE', `${agent} `, 'cannot be reached', ': it failed'],
    ['CANCELLED', 'UNAVAILABLE', `${agent} `, 'cannot be reached', ': it failed'],
    [
      'UNIMPLEMENTED',
      'FAILED_PRECONDITION',
      `${agent} `,
      'does not offer this; capabilities.stats in its configuration enables it',
      '',
    ],
    ['PERMISSION_DENIED', 'PERMISSION_DENIED', 'net-vm: ', 'it failed', ''],
    ['NOT_FOUND', 'NOT_FOUND', 'net-vm: ', 'it failed', ''],
  ])('reports a call that failed by %s as %s, with the name of the agent', async (was, reason, vm, text, detail) => {
    const cause = new GivcError(was, 'it failed');
    answer = () => Promise.reject(cause);
    const settings = { deadlineMs: 200, enabledBy: 'capabilities.stats' };
    const call = connection.call(stats.StatsServiceService.getStats, {}, settings);
    await expect(call).rejects.toMatchObject({
      reason,
      message: `${vm}${text}${detail}`,
      cause: { message: text, cause },
    });
  });

  it.each([
    [2, 'UNKNOWN', 'FAILED_PRECONDITION'],
    [13, 'INTERNAL', 'INTERNAL'],
  ])(
    'reports the status %d (%s) of an agent as %s, as agents of the original reject calls with UNKNOWN',
    async (code, _, reason) => {
      answer = () => Promise.reject(errorOfStatus({ code, details: 'no such unit' }));
      await expect(connection.unitStatus(unit)).rejects.toMatchObject({ reason, message: 'net-vm: no such unit' });
    },
  );

  it('explains that a newer agent is needed for an rpc that the agent does not have and no setting enables', async () => {
    answer = () => Promise.reject(new GivcError('UNIMPLEMENTED', 'no'));
    await expect(connection.unitStatus(unit)).rejects.toMatchObject({
      message: `${agent} does not offer this; a newer agent does`,
    });
  });

  it("marks an error as the agent's own answer, also UNAVAILABLE, and keeps its info for programs", async () => {
    const cause = new GivcError('UNAVAILABLE', 'systemd has left the bus', { info: { reason: 'SYSTEMD_AWAY' } });
    answer = () => Promise.reject(cause);
    await expect(connection.startUnit(unit)).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: 'net-vm: systemd has left the bus',
      cause: { cause },
    });
  });

  describe('during its verification', () => {
    let redialled: jest.SpyInstance;
    let settle: (error?: GivcError) => void;

    beforeEach(() => {
      redialled = jest.spyOn(RpcChannel.prototype, 'redial').mockImplementation();
      answer = () =>
        new Promise((resolve, reject) => {
          settle = (error) => (error ? reject(error) : resolve({ UnitStatus: runningStatus(unit) }));
        });
      connection.verify();
    });

    it('gives the agent a second to answer a call for its own unit', () => {
      expect(called).toEqual([
        {
          path: `${service}/GetUnitStatus`,
          request: { UnitName: 'givc-net-vm.service' },
          settings: { deadlineMs: 1_000 },
        },
      ]);
    });

    it.each<[string, GivcError | undefined, number]>([
      ['kept when the agent answers', undefined, 0],
      ['kept when the agent rejects the answer', new GivcError('PERMISSION_DENIED', 'no'), 0],
      ['dialled again when nothing comes', new GivcError('DEADLINE_EXCEEDED', 'late'), 1],
    ])('is %s, and then the waiting calls are sent', async (_, error, times) => {
      const state = connection.unitStatus(unit);
      await Promise.resolve();
      expect(called).toHaveLength(1);
      answer = () => Promise.resolve({ UnitStatus: runningStatus(unit) });
      settle(error);
      await expect(state).resolves.toEqual(runningStatus(unit));
      expect(called).toHaveLength(2);
      expect(redialled).toHaveBeenCalledTimes(times);
    });

    it('does not delay calls once the verification is over', async () => {
      answer = () => Promise.resolve({ UnitStatus: runningStatus(unit) });
      settle();
      await connection.unitStatus(unit);
      const before = called.length;
      void connection.unitStatus(unit);
      expect(called).toHaveLength(before + 1);
    });
  });

  it('passes on an error that is not the error of a call', async () => {
    const bug = new TypeError('a bug');
    answer = () => Promise.reject(bug);
    await expect(connection.unitStatus(unit)).rejects.toBe(bug);
  });
});
