// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUnitName, type UnitName } from '@givc/model';
import { FakeSystemd, type TransientService } from '@givc/systemd';
import { parseAgentConfig } from '../agent.config.js';
import type { RegistrationService } from '../registration/registration.service.js';
import { TrackedUnits } from '../registration/tracked-units.js';
import { ApplicationsConfig } from './applications.config.js';
import { ApplicationsService } from './applications.service.js';
import { openBelow } from './open-below.js';

let root = '';
const shared = (...names: string[]): string => join(root, 'shared', ...names);
const unit = parseUnitName('unit', 'chromium@0.service');

/** Calls the test during the start of a program: before the start, and when it runs but was not verified again. */
class Disturbed extends FakeSystemd {
  readonly commands: (readonly string[])[] = [];
  readonly environments: TransientService['environment'][] = [];
  beforeStart = (): unknown => undefined;
  afterStart = (_unit: UnitName): unknown => undefined;

  override async startTransientService(service: TransientService) {
    this.beforeStart();
    const status = await super.startTransientService(service);
    this.commands.push(service.command);
    this.environments.push(service.environment);
    this.afterStart(service.unit);
    return status;
  }
}

function service(systemd: FakeSystemd): ApplicationsService {
  const transport = { name: 'chrome-vm', addr: '127.0.0.1', port: 1, protocol: 'tcp' };
  const config = parseAgentConfig({
    identity: { type: 12, subType: 13, name: 'chrome-vm' },
    network: { admin: { transport }, agent: { transport } },
    capabilities: {
      applications: [{ name: 'chromium', command: '/bin/chromium', args: ['file', 'url'], directories: [shared()] }],
    },
  });
  const registration = { flush: () => Promise.resolve() } as RegistrationService;
  const applications = new ApplicationsConfig(config.capabilities.applications);
  return new ApplicationsService(applications, config.settings, systemd, new TrackedUnits(systemd), registration);
}

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'applications-')));
  for (const folder of ['shared/folder', 'elsewhere']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['shared/a', 'shared/folder/a', 'elsewhere/a']) writeFileSync(join(root, file), '');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('an application with files as arguments', () => {
  const swapFile = () => {
    rmSync(shared('a'));
    symlinkSync('/etc/passwd', shared('a'));
  };
  const swapFolder = () => {
    renameSync(shared('folder'), join(root, 'folder'));
    symlinkSync(join(root, 'elsewhere'), shared('folder'));
  };
  const args = () => ['https://example.com', shared('a'), shared('folder', 'a')];

  it('gets the paths of its files, and no descriptor stays open', async () => {
    const systemd = new Disturbed();
    await expect(service(systemd).start(unit, args())).resolves.toMatchObject({ ActiveState: 'active' });
    expect(systemd.commands).toEqual([['/bin/chromium', ...args()]]);
    expect(openBelow(root)).toBe(0);
  });

  it.each([
    ['a file before its start', 'beforeStart', swapFile, 1],
    ['a file when it has just started', 'afterStart', swapFile, 1],
    ['a directory before its start', 'beforeStart', swapFolder, 2],
    ['a directory when it has just started', 'afterStart', swapFolder, 2],
  ] as const)('is killed when another process replaces %s', async (_, moment, swap, index) => {
    const systemd = new Disturbed();
    const seen: string[] = [];
    await systemd.watchUnit(unit, ({ ActiveState }) => seen.push(ActiveState));
    systemd[moment] = swap;
    await expect(service(systemd).start(unit, args())).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(`^Args\\[${index}\\]: "${args()[index]}" was replaced`) as string,
    });
    expect(seen).toEqual(['activating', 'active', 'failed', 'inactive']);
    await expect(systemd.listUnits(['*'])).resolves.toEqual([]);
    expect(openBelow(root)).toBe(0);
  });

  it('is rejected even when it has ended before it could be killed', async () => {
    const systemd = new Disturbed();
    systemd.afterStart = (started) => {
      swapFile();
      systemd.exit(started);
    };
    await expect(service(systemd).start(unit, args())).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('leaves no descriptor open when it does not start', async () => {
    const systemd = new Disturbed();
    await expect(service(systemd).start(unit, [...args(), '/etc/passwd'])).rejects.toThrow('Args[3]: ');
    systemd.goAway();
    await expect(service(systemd).start(unit, args())).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(openBelow(root)).toBe(0);
  });
});

describe('a started application', () => {
  const variables = { GIVC_TEST_OWN: 'own', GIVC_TEST_INHERITED: 'before', NOTIFY_SOCKET: '/run/notify' };
  beforeEach(() => Object.assign(process.env, variables));
  afterEach(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });

  it("gets the agent's variables without those of the manager, even after the manager has changed them", async () => {
    const systemd = new Disturbed();
    await systemd.setEnvironment({ GIVC_TEST_INHERITED: 'before' });
    const applications = service(systemd);
    applications.onModuleInit();
    await systemd.setEnvironment({ GIVC_TEST_INHERITED: 'after' });
    await applications.start(unit, []);
    const [environment] = systemd.environments;
    expect(environment).toMatchObject({ GIVC_TEST_OWN: 'own' });
    expect(environment).not.toHaveProperty('GIVC_TEST_INHERITED');
    expect(environment).not.toHaveProperty('NOTIFY_SOCKET');
  });

  it("gets the agent's variables even when systemd was unreachable at the start of the agent", async () => {
    const systemd = new Disturbed();
    systemd.goAway();
    const applications = service(systemd);
    applications.onModuleInit();
    await expect(applications.start(unit, [])).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    systemd.comeBack();
    await applications.start(unit, []);
    expect(systemd.environments).toMatchObject([{ GIVC_TEST_OWN: 'own' }]);
  });
});
