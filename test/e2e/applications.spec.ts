// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type UnitName, type UnitStatus } from '@givc/model';
import { systemd } from '@givc/rpc';
import { FakeSystemd, type TransientService } from '@givc/systemd';
import { TestSystem } from '@givc/testing';
import { agentImplementations, startOldAgent, type AnyAgent } from '../support/old-agents.js';

/** Starts programs when the test lets it. */
class SlowSystemd extends FakeSystemd {
  readonly asked: Promise<void>;
  #ask!: () => void;
  release!: () => void;
  readonly #released = new Promise<void>((resolve) => (this.release = resolve));

  constructor() {
    super();
    this.asked = new Promise((resolve) => (this.#ask = resolve));
  }

  /** A caller that hangs up leaves the job to systemd, by the contract of `Systemd`. */
  override startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus> {
    this.#ask();
    const started = this.#released.then(() => super.startTransientService(service));
    const left = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(new GivcError('CANCELLED', 'the caller hung up'))),
    );
    return Promise.race([started, left]);
  }
}

const appVmOptions = {
  type: 12,
  capabilities: {
    applications: [
      { name: 'chromium', command: '/bin/chromium', args: ['url', 'flag'] },
      { name: 'clock', command: '/bin/clock' },
    ],
  },
};

describe.each(agentImplementations)('applications below %s', (_title, startAgent) => {
  let system: TestSystem;
  let appVm: AnyAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    appVm = await startAgent(system, 'chrome-vm', appVmOptions);
    await system.untilRegistered('chrome-vm');
  });
  afterAll(() => system.close());

  const running = async (): Promise<string[]> =>
    (await system.client().queryList()).List.filter((item) => item.ServiceType === 'App').map((item) => item.Name);

  it('start as instances with the lowest free number, listed with their VM and agent', async () => {
    const client = system.client();
    const started = await client.startApplication({
      AppName: 'chromium',
      VmName: 'chrome-vm',
      Args: ['https://example.org'],
    });
    expect(started.registryId).toBe('chromium@0.service');
    const { List } = await client.queryList();
    expect(List.find((item) => item.Name === 'chromium@0.service')).toEqual({
      Name: 'chromium@0.service',
      Description: expect.stringMatching(/chromium$/),
      VmStatus: 'Running',
      TrustLevel: 'Warning',
      VmType: 'AppVM',
      ServiceType: 'App',
      VmName: 'chrome-vm',
      AgentName: 'givc-chrome-vm.service',
    });
    await client.stopApplication({ AppName: 'chromium@0.service', Args: [] });
    expect(await running()).toEqual([]);
  });

  it('get different numbers from two concurrent starts', async () => {
    const client = system.client();
    const starts = await Promise.all(
      Array.from({ length: 8 }, () => client.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] })),
    );
    expect(starts.map((start) => start.registryId).sort()).toEqual(
      Array.from({ length: 8 }, (_, n) => `clock@${n}.service`),
    );
    await client.stopApplication({ AppName: 'clock@', Args: [] });
    expect(await running()).toEqual([]);
  });

  describe('applications that run but are unknown to the admin', () => {
    const runUnknown = async (count: number) => {
      for (let n = 0; n < count; n++)
        await appVm.systemd.startTransientService({
          unit: `clock@${n}.service` as UnitName,
          description: 'clock',
          command: ['/bin/clock'],
        });
    };
    afterEach(async () => {
      const clocks = async () => (await appVm.systemd.listUnits(['clock@*'])).map(({ Name }) => Name as UnitName);
      for (const unit of await clocks()) await appVm.systemd.stopUnit(unit);
      await system.until((list) => !list.some(({ Name }) => Name.startsWith('clock')));
    });

    it.each([1, 8])(
      'leave the lowest free number to a new one: %i of them are followed by the next number',
      async (count) => {
        await runUnknown(count);
        const { registryId } = await system
          .client()
          .startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
        expect(registryId).toBe(`clock@${count}.service`);
        expect(await running()).toContain(registryId);
      },
    );

    it('make a start fail when they use nine numbers', async () => {
      await runUnknown(9);
      const start = system.client().startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
      await expect(start).rejects.toMatchObject({
        reason: 'ALREADY_EXISTS',
        message: expect.stringContaining('clock@8.service'),
      });
    });
  });

  it('are started only once when a unit file of their name is installed', async () => {
    const installed = appVm.systemd.define('clock@0.service');
    await expect(
      system.client().startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
    ).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('a unit file of the name "clock@0.service" is installed'),
    });
    appVm.systemd.unload(installed);
  });

  it('run in the VM of their name when none is given', async () => {
    await expect(system.client().startApplication({ AppName: 'clock', Args: [] })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: expect.stringContaining('clock-vm'),
    });
  });

  it('are listed as paused, and as running once they are resumed', async () => {
    const client = system.client();
    await client.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    const status = async () => (await client.queryList()).List.find(({ Name }) => Name === 'clock@0.service')?.VmStatus;
    await client.pauseApplication({ AppName: 'clock@0', Args: [] });
    expect(await status()).toBe('Paused');
    await client.resumeApplication({ AppName: 'clock', Args: [] });
    expect(await status()).toBe('Running');
    await client.stopApplication({ AppName: 'clock@0.service', Args: [] });
  });

  it('leave the registry when they end by themselves', async () => {
    const client = system.client();
    const { registryId } = await client.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    const gone = system.until((list) => !list.some(({ Name }) => Name === registryId));
    appVm.systemd.crash(registryId as never);
    await gone;
    expect(await running()).toEqual([]);
  });

  it('cannot be stopped while they do not run', async () => {
    await expect(system.client().stopApplication({ AppName: 'clock@3.service', Args: [] })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
  });
});

describe('applications below an agent of this implementation', () => {
  let system: TestSystem;
  let appVm: AnyAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    appVm = await system.startAgent('chrome-vm', appVmOptions);
    await system.untilRegistered('chrome-vm');
  });
  afterAll(() => system.close());

  const listed = async () =>
    (await system.client().queryList()).List.filter(({ ServiceType }) => ServiceType === 'App').map(({ Name }) => Name);

  it.each([
    [
      'an argument of no declared kind',
      { AppName: 'chromium', Args: ['file:///etc/passwd'] },
      'INVALID_ARGUMENT',
      'Args[0]',
    ],
    ['an argument where none is taken', { AppName: 'clock', Args: ['-x'] }, 'INVALID_ARGUMENT', 'Args[0]'],
    ['an application that is not declared', { AppName: 'vi', Args: [] }, 'PERMISSION_DENIED', 'allowlist'],
    ['an invalid name', { AppName: '../vi', Args: [] }, 'INVALID_ARGUMENT', 'AppName'],
  ])('reject %s', async (_, request, reason, named) => {
    await expect(system.client().startApplication({ VmName: 'chrome-vm', ...request })).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(named),
    });
    expect(await listed()).toEqual([]);
  });

  it('are answered as started when they hand over to another and end at once, and are not in the registry then', async () => {
    const client = system.client();
    const start = () => client.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    const first = await start();
    const { systemd } = appVm;
    const startTransientService = systemd.startTransientService.bind(systemd);
    jest.spyOn(systemd, 'startTransientService').mockImplementation(async (service) => {
      const status = await startTransientService(service);
      systemd.exit(service.unit);
      return { ...status, ActiveState: 'inactive', SubState: 'dead' };
    });
    expect(await start()).toEqual({ registryId: 'clock@1.service' });
    expect(await listed()).toEqual([first.registryId]);
    expect(await start()).toEqual({ registryId: 'clock@1.service' });
    jest.restoreAllMocks();
    await client.stopApplication({ AppName: first.registryId, Args: [] });
  });
});

describe('applications below an agent of the original implementation', () => {
  const start = async (handOver: () => Promise<unknown>) => {
    const system = await TestSystem.start();
    const agent = await startOldAgent(system, 'chrome-vm', { ...appVmOptions, handOver });
    await system.untilRegistered('chrome-vm');
    return {
      system,
      agent,
      startClock: () => system.client().startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
    };
  };
  const clocks = async (system: TestSystem) =>
    (await system.client().queryList()).List.filter(({ Name }) => Name.startsWith('clock')).map(({ Name }) => Name);

  it('are answered with the running one when they hand over to it, and are not listed', async () => {
    let second: () => void = () => undefined;
    const { system, agent, startClock } = await start(() => {
      second();
      return new Promise(() => undefined);
    });
    second = () => agent.systemd.exit('clock@1.service' as UnitName);
    expect(await startClock()).toEqual({ registryId: 'clock@0.service' });
    expect(await startClock()).toEqual({ registryId: 'clock@0.service' });
    expect(await clocks(system)).toEqual(['clock@0.service']);
    await system.close();
  });

  it('are answered and not listed when they end at once', async () => {
    const { system, agent, startClock } = await start(() => Promise.resolve());
    await agent.systemd.watchUnit('clock@0.service' as UnitName, ({ ActiveState }) => {
      if (ActiveState === 'active') agent.systemd.exit('clock@0.service' as UnitName);
    });
    expect(await startClock()).toEqual({ registryId: 'clock@0.service' });
    expect(await clocks(system)).toEqual([]);
    await system.close();
  });
});

it('an application whose caller hangs up is still started and listed', async () => {
  const system = await TestSystem.start();
  const slow = new SlowSystemd();
  const agent = await system.startAgent('slow-vm', {
    type: 12,
    systemd: slow,
    capabilities: { applications: [{ name: 'clock', command: '/bin/clock' }] },
  });
  await system.untilRegistered('slow-vm');
  const hangUp = new AbortController();
  const { startApplication, getUnitStatus } = systemd.UnitControlServiceService;
  const channel = system.channel(agent, 'admin-vm');
  const start = channel.unary(startApplication, { UnitName: 'clock@0.service', Args: [] }, { signal: hangUp.signal });
  await slow.asked;
  hangUp.abort();
  await expect(start).rejects.toMatchObject({ reason: 'CANCELLED' });
  // On the same connection, so that the agent has received the end of the first call when it answers this one.
  await channel.unary(getUnitStatus, { UnitName: 'clock@0.service' }).catch(() => undefined);
  slow.release();
  await system.until((list) => list.some(({ Name, VmName }) => Name === 'clock@0.service' && VmName === 'slow-vm'));
  await system.close();
});
