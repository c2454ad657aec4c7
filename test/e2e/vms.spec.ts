// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd } from '@givc/systemd';
import type { UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { agentMixtures, type AnyAgent } from '../support/old-agents.js';

const appVm = 'microvm@app-vm.service' as UnitName;

describe.each(agentMixtures)('VMs with %s', (_title, startHost, startVm) => {
  let system: TestSystem;
  let host: AnyAgent;
  let boots: number;

  beforeEach(async () => {
    system = await TestSystem.start();
    boots = 0;
    const systemd = new FakeSystemd();
    systemd.define(appVm);
    host = await startHost(system, 'host', {
      type: 0,
      systemd,
      capabilities: { services: ['poweroff.target', 'suspend.target'], vmServices: { appVms: [appVm] } },
    });
    await system.until((list) => list.some((item) => item.Name === appVm));
  });
  afterEach(() => system.close());

  /** The VM's agent runs while the host's unit runs. */
  const bootOnStart = () => {
    let agent: Promise<AnyAgent> | undefined;
    return host.systemd.watchUnit(appVm, ({ ActiveState }) => {
      if (ActiveState === 'active') {
        boots++;
        agent = startVm(system, 'app-vm', {
          type: 12,
          parent: appVm,
          capabilities: { applications: [{ name: 'app', command: '/bin/app' }] },
        });
      } else if (ActiveState !== 'activating') {
        void agent?.then((left) => left.close());
        agent = undefined;
      }
    });
  };

  it('are started by the host, and the call is answered when their agent has registered', async () => {
    await bootOnStart();
    const client = system.client();
    expect(await client.startVm({ VmName: 'app-vm' })).toEqual({ registryId: 'givc-app-vm.service' });
    const { List } = await client.queryList();
    expect(List.find((item) => item.Name === appVm)).toMatchObject({ VmStatus: 'Running', VmName: 'app-vm' });
    expect(List.find((item) => item.Name === 'givc-app-vm.service')).toMatchObject({ VmStatus: 'Running' });
    expect(await client.startVm({ VmName: 'app-vm' })).toEqual({ registryId: 'givc-app-vm.service' });
    expect(boots).toBe(1);
  });

  it('are started once on the host for two callers of StartVM', async () => {
    const startUnit = jest.spyOn(host.systemd, 'startUnit');
    const release = host.systemd.holdStarts(appVm);
    await bootOnStart();
    const client = system.client();
    const starts = [client.startVm({ VmName: 'app-vm' }), client.startVm({ VmName: 'app-vm' })];
    // This is answered after both earlier calls have begun to wait.
    await client.queryList();
    while (startUnit.mock.calls.length === 0) await client.queryList();
    release();
    expect(await Promise.all(starts)).toEqual([
      { registryId: 'givc-app-vm.service' },
      { registryId: 'givc-app-vm.service' },
    ]);
    expect(startUnit.mock.calls.map(([unit]) => unit)).toEqual([appVm]);
  });

  it('are started by the start of an application, once for two callers', async () => {
    await bootOnStart();
    const client = system.client();
    const start = () => client.startApplication({ AppName: 'app', Args: [] });
    const started = await Promise.all([start(), start()]);
    expect(started.map(({ registryId }) => registryId).sort()).toEqual(['app@0.service', 'app@1.service']);
    expect(boots).toBe(1);
  });

  it('remove their agent and applications from the registry when they stop; their unit stays', async () => {
    await bootOnStart();
    const client = system.client();
    await client.startApplication({ AppName: 'app', Args: [] });
    host.systemd.crash(appVm);
    await system.until((list) => !list.some(({ VmName, Name }) => VmName === 'app-vm' && Name !== appVm));
    expect((await client.queryList()).List.find(({ Name }) => Name === appVm)).toMatchObject({
      VmStatus: 'PoweredOff',
    });
    expect(await client.startApplication({ AppName: 'app', Args: [] })).toEqual({ registryId: 'app@0.service' });
    expect(boots).toBe(2);
  });

  it('cause an error with the result of systemd when their unit fails', async () => {
    host.systemd.failNextStart(appVm, 'dependency');
    await expect(system.client().startVm({ VmName: 'app-vm' })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('dependency'),
    });
  });

  it('leave no caller waiting for an answer of their agent when they crash', async () => {
    const systemd = new FakeSystemd();
    const slow = systemd.define('slow.service');
    systemd.holdStarts(slow);
    const isStarting = new Promise<void>((resolve) => {
      void systemd.watchUnit(slow, ({ ActiveState }) => ActiveState === 'activating' && resolve());
    });
    await host.systemd.startUnit(appVm);
    await startVm(system, 'app-vm', { type: 12, parent: appVm, systemd, capabilities: { services: [slow] } });
    await system.untilRegistered('app-vm');
    const call = system.client().startService({ ServiceName: slow, VmName: 'app-vm' });
    const answer = expect(call).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await isStarting;
    host.systemd.crash(appVm);
    await answer;
  });

  it('end the waiting calls when their unit fails before their agent has registered', async () => {
    const client = system.client();
    await host.systemd.watchUnit(appVm, (status) => {
      if (status.ActiveState === 'active') queueMicrotask(() => host.systemd.crash(appVm));
    });
    await expect(client.startVm({ VmName: 'app-vm' })).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('end the waiting calls when their unit has failed before the host answers', async () => {
    const begun = { ...(await host.systemd.unitStatus(appVm)), ActiveState: 'active', SubState: 'running' };
    // systemd sends one signal for both changes when they happen at once.
    jest.spyOn(host.systemd, 'startUnit').mockImplementation((unit) => {
      host.systemd.crash(unit);
      return Promise.resolve(begun);
    });
    await expect(system.client().startVm({ VmName: 'app-vm' })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'VM "app-vm" has failed before its agent registered',
    });
  });

  it('are booted for a caller that waits for their agent when they crash', async () => {
    const client = system.client();
    await host.systemd.startUnit(appVm);
    await system.until((list) => list.some((item) => item.Name === appVm && item.VmStatus === 'Running'));
    await bootOnStart();
    const started = client.startVm({ VmName: 'app-vm' });
    // This is answered after the earlier call has begun to wait.
    await client.queryList();
    host.systemd.crash(appVm);
    expect(await started).toEqual({ registryId: 'givc-app-vm.service' });
    expect(boots).toBe(1);
  });

  it('continue booting when the caller who started them hangs up', async () => {
    const release = host.systemd.holdStarts(appVm);
    await bootOnStart();
    const isStarting = new Promise<void>((resolve) => {
      void host.systemd.watchUnit(appVm, ({ ActiveState }) => ActiveState === 'activating' && resolve());
    });
    const hangUp = new AbortController();
    const left = system.client().startVm({ VmName: 'app-vm' }, { signal: hangUp.signal });
    await isStarting;
    const stayed = system.client().startVm({ VmName: 'app-vm' });
    hangUp.abort();
    await expect(left).rejects.toMatchObject({ reason: 'CANCELLED' });
    release();
    expect(await stayed).toEqual({ registryId: 'givc-app-vm.service' });
    expect(boots).toBe(1);
  });

  it('are not found when they are unknown', async () => {
    await expect(system.client().startVm({ VmName: 'no-vm' })).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('let the host suspend, and the call is answered when the job is done', async () => {
    const suspend = host.systemd.define('suspend.target');
    const release = host.systemd.holdStarts(suspend);
    const waiting = new Promise<void>((resolve) => {
      void host.systemd.watchUnit(suspend, ({ ActiveState }) => ActiveState === 'activating' && resolve());
    });
    let isAnswered = false;
    const answer = system
      .client()
      .suspend()
      .then(() => (isAnswered = true));
    await waiting;
    expect(isAnswered).toBe(false);
    release();
    await answer;
  });

  it('let the host power off, and the call is answered when its agent has ended', async () => {
    const poweroff = host.systemd.define('poweroff.target');
    host.systemd.holdStarts(poweroff);
    const waiting = new Promise<void>((resolve) => {
      void host.systemd.watchUnit(poweroff, ({ ActiveState }) => ActiveState === 'activating' && resolve());
    });
    let isAnswered = false;
    const answer = system
      .client()
      .poweroff()
      .then(() => (isAnswered = true));
    await waiting;
    await system.client().queryList();
    expect(isAnswered).toBe(false);
    await host.close();
    await answer;
  });
});
