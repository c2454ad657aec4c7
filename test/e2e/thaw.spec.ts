// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import type { admin } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';

const web = 'web.service' as UnitName;
const vms = ['net-vm', 'gui-vm', 'audio-vm'] as const;
/** An agent is lost after a silence of 1 s. */
const heartbeatMs = 400;

/** Stops this process, and with it the admin, the agents and their callers, for this time, without using CPU. */
const freeze = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a computer that has slept', () => {
  let system: TestSystem;
  let agents: ReadonlyMap<string, TestAgent>;
  let watch: AsyncGenerator<admin.WatchItem, void, undefined>;

  beforeEach(async () => {
    system = await TestSystem.start({ keepalive: { everyMs: 100, answerMs: 1_000 } });
    const start = async (name: string) => {
      const systemd = new FakeSystemd();
      systemd.define(web, { active: true });
      return [
        name,
        await system.startAgent(name, { systemd, heartbeatMs, capabilities: { services: [web] } }),
      ] as const;
    };
    agents = new Map(await Promise.all(vms.map(start)));
    await system.until(
      (list) => list.filter(({ Name, VmStatus }) => Name === web && VmStatus === 'Running').length === 3,
    );
    watch = system.client().watchOnce({});
    await watch.next();
  });
  afterEach(() => system.close());

  /** The next change of the watch. */
  const next = async (): Promise<string> => {
    const { value } = await watch.next();
    const { $case, value: item } = value!.Status as Exclude<
      admin.WatchItem['Status'],
      undefined | { $case: 'Initial' }
    >;
    return `${$case} ${item.VmName} ${item.Name} ${item.VmStatus}`;
  };

  it('has lost no agent and sent no event to a watch, and open calls continue', async () => {
    const { systemd } = agents.get('net-vm')!;
    await systemd.stopUnit(web);
    expect(await next()).toBe('Updated net-vm web.service PoweredOff');
    const release = systemd.holdStarts(web);
    const started = system.client().startService({ VmName: 'net-vm', ServiceName: web });
    await system.client().getUnitStatus({ VmName: 'net-vm', UnitName: web });
    for (let time = 0; time < 3; time++) {
      freeze(1_500);
      await Promise.all(vms.map((VmName) => system.client().getUnitStatus({ VmName, UnitName: web })));
    }
    release();
    await expect(started).resolves.toMatchObject({});
    expect(await next()).toBe('Updated net-vm web.service Running');
    for (const line of [...system.admin.lines, ...[...agents.values()].flatMap(({ lines }) => lines)])
      expect(line).not.toMatch(/lost/);
  });
});
