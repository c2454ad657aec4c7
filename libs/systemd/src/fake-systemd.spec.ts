import type { UnitName, UnitStatus } from '@givc/model';
import { FakeSystemd } from './fake-systemd.js';

const ghost = 'ghost.service' as UnitName;
const app = 'chromium@0.service' as UnitName;
const start = { unit: app, description: 'Chromium', command: ['/bin/chromium'] as const };

async function watched(fake: FakeSystemd, unit: UnitName): Promise<string[]> {
  const seen: string[] = [];
  await fake.watchUnit(unit, (status: UnitStatus) => void seen.push(`${status.ActiveState}/${status.FreezerState}`));
  return seen;
}

describe('the fake systemd', () => {
  it('refuses every unit that it was not told of', async () => {
    const fake = new FakeSystemd();
    for (const asked of [fake.startUnit(ghost), fake.unitStatus(ghost), fake.killUnit(ghost), fake.freezeUnit(ghost)])
      await expect(asked).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(fake.stopUnit(ghost)).resolves.toMatchObject({ ActiveState: 'inactive', SubState: 'dead' });
  });

  it('reports each change once and in order', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    const seen = await watched(fake, web);
    await fake.startUnit(web);
    await fake.startUnit(web);
    await fake.freezeUnit(web);
    await fake.stopUnit(web);
    await fake.startUnit(web);
    fake.crash(web);
    expect(seen).toEqual(['active/running', 'active/frozen', 'inactive/running', 'active/running', 'failed/running']);
  });

  it('freezes and thaws only what is active, as systemd does', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const release = fake.holdStops(web);
    const stopped = fake.stopUnit(web);
    await new Promise(setImmediate);
    for (const asked of [fake.freezeUnit(web), fake.thawUnit(web)])
      await expect(asked).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: 'unit "web.service" has a pending job: it is deactivating',
      });
    release();
    await expect(stopped).resolves.toMatchObject({ ActiveState: 'inactive' });
  });

  it('forgets a transient unit that has ended', async () => {
    const fake = new FakeSystemd();
    const seen = await watched(fake, app);
    await expect(fake.startTransientService(start)).resolves.toMatchObject({ SubState: 'running', Name: app });
    await expect(fake.startTransientService(start)).rejects.toMatchObject({ reason: 'ALREADY_EXISTS' });
    await expect(fake.listUnits(['chromium@*.service'])).resolves.toHaveLength(1);
    await fake.stopUnit(app);
    expect(seen).toEqual(['active/running', 'inactive/running']);
    await expect(fake.unitStatus(app)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(fake.listUnits(['chromium@*.service'])).resolves.toEqual([]);
  });

  it('starts no transient unit of the name of one that has a file', async () => {
    const fake = new FakeSystemd();
    fake.define(app);
    await expect(fake.startTransientService(start)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `a unit file of the name "${app}" is installed: /etc/systemd/system/${app}`,
    });
  });

  it('starts again what is to be restarted, unless it was stopped', async () => {
    const fake = new FakeSystemd();
    const seen = await watched(fake, app);
    const restarted = { ...start, restart: 'always' } as const;
    await fake.startTransientService(restarted);
    await expect(fake.killUnit(app)).resolves.toMatchObject({ SubState: 'auto-restart' });
    fake.crash(app);
    const states = ['active', 'activating', 'active', 'activating', 'active'];
    expect(seen).toEqual(states.map((state) => `${state}/running`));
    await fake.stopUnit(app);
    await expect(fake.listTransientUnits(['*'])).resolves.toEqual([]);
  });

  it('knows what a transient unit was started from', async () => {
    const fake = new FakeSystemd();
    fake.define('chromium@1.service', { active: true });
    await expect(fake.isRunningAs(start)).resolves.toBe(false);
    await fake.startTransientService(start);
    await expect(fake.isRunningAs({ ...start })).resolves.toBe(true);
    await expect(fake.isRunningAs({ ...start, user: 'nobody' })).resolves.toBe(false);
    await expect(fake.listTransientUnits(['chromium@*.service'])).resolves.toEqual([app]);
  });

  it('ends a start job with the result word that it was given', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    fake.failNextStart(web, 'dependency');
    await expect(fake.startUnit(web)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    await expect(fake.startUnit(web)).resolves.toMatchObject({ ActiveState: 'active' });
  });

  it('holds a start job until it is released, cancelled or stopped', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    const seen = await watched(fake, web);
    let release = fake.holdStarts(web);
    const held = fake.startUnit(web);
    await fake.unitStatus(web);
    expect(seen).toEqual(['activating/running']);
    release();
    await expect(held).resolves.toMatchObject({ ActiveState: 'active' });

    await fake.stopUnit(web);
    release = fake.holdStarts(web);
    const abort = new AbortController();
    const aborted = fake.startUnit(web, abort.signal);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ reason: 'CANCELLED' });
    const replaced = fake.startUnit(web);
    await fake.unitStatus(web);
    await fake.stopUnit(web);
    await expect(replaced).rejects.toThrow('"canceled"');
    release();
  });

  it('holds a stop job until it is released, and starts what is to be started when the unit is down', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const seen = await watched(fake, web);
    let release = fake.holdStops(web);
    const stopped = fake.stopUnit(web);
    await fake.unitStatus(web);
    release();
    await expect(stopped).resolves.toMatchObject({ ActiveState: 'inactive' });
    await fake.startUnit(web);

    release = fake.holdStops(web);
    const cancelled = expect(fake.stopUnit(web)).rejects.toThrow(
      'the stop job of unit "web.service" ended as "canceled"',
    );
    await fake.unitStatus(web);
    const started = fake.startUnit(web);
    await cancelled;
    release();
    await expect(started).resolves.toMatchObject({ ActiveState: 'active' });
    const down = ['deactivating/running', 'inactive/running', 'active/running'];
    expect(seen).toEqual([...down, ...down]);
  });

  it('reports a requested stop when a program crashes on its way down', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const endings: unknown[] = [];
    await fake.watchUnit(web, (status, ending) => endings.push([status.ActiveState, ending?.stopRequested]));
    fake.holdStops(web);
    const stopped = fake.stopUnit(web);
    await fake.unitStatus(web);
    fake.crash(web);
    await expect(stopped).resolves.toMatchObject({ ActiveState: 'inactive' });
    expect(endings).toEqual([
      ['deactivating', undefined],
      ['failed', true],
    ]);
  });

  it('fails a start job whose program crashes before it is over', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service');
    const release = fake.holdStarts(web);
    const failed = expect(fake.startUnit(web)).rejects.toThrow('the start job of unit "web.service" ended as "failed"');
    await fake.unitStatus(web);
    fake.crash(web);
    release();
    await failed;
    await expect(fake.unitStatus(web)).resolves.toMatchObject({ ActiveState: 'failed' });
  });

  it('goes on with a start job for which nobody waits any more, and reports nothing while it is away', async () => {
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
  });

  it('gives what it starts the variables that it was told of, and loses them again', async () => {
    const fake = new FakeSystemd();
    await fake.setEnvironment({ LANG: 'C', LC_TIME: 'C' });
    await fake.setEnvironment({ LANG: 'fi_FI.UTF-8', LC_TIME: undefined });
    expect(fake.environment).toEqual({ LANG: 'fi_FI.UTF-8' });
    fake.goAway();
    await expect(fake.setEnvironment({})).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });

  it('reports the state that it comes back with', async () => {
    const fake = new FakeSystemd();
    const web = fake.define('web.service', { active: true });
    const seen = await watched(fake, web);
    fake.goAway();
    await expect(fake.unitStatus(web)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    fake.comeBack();
    expect(seen).toEqual(['active/running']);
  });
});
