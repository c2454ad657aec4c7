// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, UnitStatus } from '@givc/model';
import { FakeSystemd } from './fake-systemd.js';

const app = 'chromium@0.service' as UnitName;
const start = { unit: app, description: 'Chromium', command: ['/bin/chromium'] as const };

async function watched(fake: FakeSystemd, unit: UnitName): Promise<string[]> {
  const seen: string[] = [];
  await fake.watchUnit(unit, (status: UnitStatus) => void seen.push(`${status.ActiveState}/${status.FreezerState}`));
  return seen;
}

/** The methods for tests; the methods of `Systemd` are tested by the contract suite. */
describe('the controls of the fake systemd', () => {
  it('define units that run from the beginning, and services that are started with the same description run as such', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true, description: 'A web server' });
    await expect(fake.unitStatus(web)).resolves.toMatchObject({ SubState: 'running', Description: 'A web server' });
    fake.define('tray.target', { active: true });
    await expect(fake.unitStatus('tray.target' as UnitName)).resolves.toMatchObject({ SubState: 'active' });
    await fake.startTransientService(start);
    await expect(fake.isRunningAs({ ...start, user: 'nobody' })).resolves.toBe(false);
  });

  it('let the next start job end once with a given result', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    fake.failNextStart(web, 'dependency');
    await expect(fake.startUnit(web)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    await expect(fake.startUnit(web)).resolves.toMatchObject({ ActiveState: 'active' });
  });

  it('hold jobs until they are released, and continue a job whose caller has hung up', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    const release = fake.holdStarts(web);
    const lost = expect(fake.startUnit(web)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await fake.unitStatus(web);
    const seen = await watched(fake, web);
    fake.goAway();
    await lost;
    release();
    expect(seen).toEqual([]);
    fake.comeBack();
    expect(seen).toEqual(['active/running']);

    const releaseStop = fake.holdStops(web);
    const stopped = fake.stopUnit(web);
    await fake.unitStatus(web);
    releaseStop();
    await expect(stopped).resolves.toMatchObject({ ActiveState: 'inactive' });
    expect(seen).toEqual(['active/running', 'deactivating/running', 'inactive/running']);
  });

  it('end units that failed too often, or that do not stop in time', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const endings: unknown[] = [];
    await fake.watchUnit(web, (status, ending) => endings.push([status.ActiveState, ending]));
    fake.stopBadly(web);
    expect(endings).toEqual([['failed', { result: 'timeout', exitStatus: 9, stopRequested: true }]]);
    await fake.startTransientService({ ...start, restart: 'always' });
    fake.giveUp(app);
    await expect(fake.unitStatus(app)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('unload a running unit, which ends it', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const seen = await watched(fake, web);
    fake.unload(web);
    expect(seen).toEqual(['inactive/running']);
  });

  it('set the resource usage of a unit, and the environment that the manager was started with', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    fake.use(web, { memoryBytes: 7 });
    await expect(fake.resourceUsage(web)).resolves.toMatchObject({ cpuNsec: 0n, activeNsec: 0n, memoryBytes: 7 });
    fake.inherited['LC_TIME'] = 'C';
    await fake.setEnvironment({ LANG: 'fi_FI.UTF-8', LC_TIME: 'fi_FI.UTF-8' });
    await fake.setEnvironment({ LC_TIME: undefined });
    expect(fake.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_TIME: 'C' });
    fake.goAway();
    await expect(fake.setEnvironment({})).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});
