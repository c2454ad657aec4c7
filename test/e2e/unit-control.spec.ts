// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MethodDefinition } from '@grpc/grpc-js';
import type { UnitName } from '@givc/model';
import { systemd as messages } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';

const rpcs = messages.UnitControlServiceService;
type Rpc = keyof messages.UnitControlServiceService;
type Request = messages.AppUnitRequest;

const web = 'web.service';
/** A running unit that the agent may not control. */
const ssh = 'sshd.service';

/** For each rpc a permitted unit, a forbidden one, and the first answer for the permitted one. */
const cases: Record<Rpc, { readonly allowed: string; readonly denied: string; readonly answer: object }> = {
  startApplication: {
    allowed: 'clock@0.service',
    denied: 'chess@0.service',
    answer: { UnitStatus: { Name: 'clock@0.service', ActiveState: 'active' } },
  },
  startUnit: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, ActiveState: 'active' } } },
  stopUnit: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, ActiveState: 'inactive' } } },
  killUnit: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, ActiveState: 'failed' } } },
  freezeUnit: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, FreezerState: 'frozen' } } },
  unfreezeUnit: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, FreezerState: 'running' } } },
  getUnitStatus: { allowed: web, denied: ssh, answer: { UnitStatus: { Name: web, ActiveState: 'active' } } },
  monitorUnit: { allowed: web, denied: ssh, answer: { cpu_usage: 0, memory_usage: expect.any(Number) } },
};

describe('each rpc that controls a unit', () => {
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', {
      capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
    });
  });
  afterAll(() => system.close());
  beforeEach(() => {
    for (const unit of [web, ssh]) agent.systemd.define(unit, { active: true });
  });
  afterEach(() => jest.restoreAllMocks());

  /** Resolves with the first answer. */
  const call = async (rpc: Rpc, UnitName: string): Promise<unknown> => {
    const method = rpcs[rpc] as MethodDefinition<Request, object>;
    const request = { UnitName, Args: [] };
    const channel = system.channel(agent);
    if (!method.responseStream) return channel.unary(method, request);
    for await (const answer of channel.serverStream(method, request)) return answer;
    return undefined;
  };
  /** The names of all units in the later calls to systemd. */
  const askedUnits = (): Set<string> => {
    const units = new Set<string>();
    for (const name of Object.getOwnPropertyNames(FakeSystemd.prototype) as (keyof FakeSystemd)[]) {
      if (typeof Object.getOwnPropertyDescriptor(FakeSystemd.prototype, name)?.value !== 'function') continue;
      const method = agent.systemd[name] as (...args: unknown[]) => unknown;
      jest.spyOn(agent.systemd, name as 'stopUnit').mockImplementation((...args: unknown[]) => {
        const [first] = args as [string | { readonly unit: string }];
        units.add(typeof first === 'object' ? first.unit : first);
        return method.apply(agent.systemd, args) as never;
      });
    }
    return units;
  };

  it.each(Object.entries(cases))(
    '%s rejects a unit that is not on the allowlist without a call to systemd',
    async (rpc, { denied }) => {
      const before = await agent.systemd.unitStatus(ssh as UnitName);
      const asked = askedUnits();
      await expect(call(rpc as Rpc, denied)).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: expect.stringMatching(
          /^(unit "sshd\.service"|application "chess") is not in this agent's allowlist \(capabilities\.\w+\)$/,
        ),
      });
      expect([...asked]).toEqual([]);
      expect(await agent.systemd.unitStatus(ssh as UnitName)).toEqual(before);
    },
  );

  it.each(Object.entries(cases))('%s serves a unit that is on the allowlist', async (rpc, { allowed, answer }) => {
    const asked = askedUnits();
    expect(await call(rpc as Rpc, allowed)).toMatchObject(answer);
    expect(asked).toContain(allowed);
  });

  it.each(Object.keys(cases))('%s rejects an invalid name', async (rpc) => {
    await expect(call(rpc as Rpc, '../web.service')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^UnitName: /),
    });
  });
});
