// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { GrpcDialer, RpcChannel } from '@givc/rpc';
import { endpointOf, runningStatus, unitNamed, vmNamed } from '../registry/registry.fixture.js';
import { AgentConnection } from './agent-connection.js';
import { asOwnWork, onBehalfOf } from './on-behalf.js';

const unit = unitNamed('web.service');
const vm = vmNamed('net-vm');

describe('the calls to an agent that callers of the admin ask for', () => {
  let connection: AgentConnection;
  /** Functions that answer the open calls, in order. */
  let answers: ((error?: GivcError) => void)[];

  beforeEach(() => {
    answers = [];
    jest.spyOn(RpcChannel.prototype, 'unary').mockImplementation(
      () =>
        new Promise((resolve, reject) => {
          answers.push((error) => (error ? reject(error) : resolve({ UnitStatus: runningStatus(unit) })));
        }),
    );
    connection = new AgentConnection(vm, endpointOf(vm), new GrpcDialer(undefined), () => undefined);
  });
  afterEach(() => {
    connection.close();
    jest.restoreAllMocks();
  });

  const stop = (caller: string, count: number) =>
    Array.from({ length: count }, () =>
      onBehalfOf(caller, async () => {
        // Like in a handler that has first awaited something else.
        await Promise.resolve();
        return connection.stopUnit(unit).then(
          () => 'stopped',
          (error: GivcError) => `${error.reason}: ${error.message}`,
        );
      }),
    );
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const rejection =
    'RESOURCE_EXHAUSTED: net-vm: too many calls to the agent of net-vm are open: at most 375 of one caller and 1400 in all';

  it('are at most 375 for one caller, freed when calls end, while other callers are served', async () => {
    const rejected = stop('evil-vm', 400).slice(375);
    expect(await Promise.all(rejected)).toEqual(Array(25).fill(rejection));
    expect(answers).toHaveLength(375);
    const [other] = stop('gui-vm', 1);
    await settled();
    answers[375]!();
    expect(await other).toBe('stopped');
    for (const [index, answer] of answers.slice(0, 2).entries())
      answer(index === 0 ? new GivcError('FAILED_PRECONDITION', 'no') : undefined);
    await settled();
    void Promise.all(stop('evil-vm', 2));
    await settled();
    expect(answers).toHaveLength(378);
  });

  it('count for a caller that is given as an argument', async () => {
    const calls = Array.from({ length: 376 }, () => connection.unitStatus(unit, 'evil-vm'));
    await expect(calls[375]).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    void connection.unitStatus(unit, 'gui-vm');
    await settled();
    expect(answers).toHaveLength(376);
  });

  it("leave room for one more caller and for the admin's own calls, also during such a call", async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((caller) => stop(caller, 1_500));
    await settled();
    // Each caller has at most as many as remain for one more caller.
    const begun = [375, 375, 325, 163, 81];
    expect(answers).toHaveLength(1_319);
    for (const [index, calls] of all.entries())
      expect(await Promise.all(calls.slice(begun[index]))).toEqual(Array(1_500 - begun[index]!).fill(rejection));
    void connection.unitStatus(unit);
    onBehalfOf('a', () => {
      void connection.answers();
      void asOwnWork(() => connection.unitStatus(unit));
    });
    await settled();
    expect(answers).toHaveLength(1_322);
  });
});
