import { TestSystem, type TestAgent } from '../support/test-system.js';

describe('applications', () => {
  let system: TestSystem;
  let appVm: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start();
    appVm = await system.startAgent('chrome-vm', {
      type: 12,
      capabilities: {
        applications: [
          { name: 'chromium', command: '/bin/chromium', args: ['url', 'flag'] },
          { name: 'clock', command: '/bin/clock' },
        ],
      },
    });
    await system.untilRegistered('chrome-vm');
  });
  afterAll(() => system.stop());

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
      Description: 'chromium',
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

  it('never get the same number from two starts at the same moment', async () => {
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

  it('run in the VM that is called after them when none is named', async () => {
    await expect(system.client().startApplication({ AppName: 'clock', Args: [] })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: expect.stringContaining('clock-vm'),
    });
  });

  it('are listed as paused while they are, and as running again', async () => {
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
  });

  it.each([
    [
      'an argument of no declared kind',
      { AppName: 'chromium', Args: ['file:///etc/passwd'] },
      'INVALID_ARGUMENT',
      'Args[0]',
    ],
    ['an argument where none is taken', { AppName: 'clock', Args: ['-x'] }, 'INVALID_ARGUMENT', 'Args[0]'],
    ['an application that is not declared', { AppName: 'vi', Args: [] }, 'PERMISSION_DENIED', 'allowlist'],
    ['a name that is none', { AppName: '../vi', Args: [] }, 'INVALID_ARGUMENT', 'AppName'],
  ])('refuse %s', async (_, request, reason, named) => {
    await expect(system.client().startApplication({ VmName: 'chrome-vm', ...request })).rejects.toMatchObject({
      reason,
      message: expect.stringContaining(named),
    });
    expect(await running()).toEqual([]);
  });

  it('that do not run cannot be stopped', async () => {
    await expect(system.client().stopApplication({ AppName: 'clock@3.service', Args: [] })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
  });
});
