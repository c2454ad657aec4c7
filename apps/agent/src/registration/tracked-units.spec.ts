// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus, type UnitName } from '@givc/model';
import { FakeSystemd, type OnUnitChange } from '@givc/systemd';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

const web = 'web.service' as UnitName;
const clock = 'clock@0.service' as UnitName;

/** Resolves once pending work is done. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('tracked units', () => {
  let systemd: FakeSystemd;
  let units: TrackedUnits;
  let changes: TrackedUnit[];

  beforeEach(() => {
    systemd = new FakeSystemd();
    units = new TrackedUnits(systemd);
    changes = [];
    units.onChange((change) => changes.push(change));
  });
  afterEach(() => units.onApplicationShutdown());

  const tracked = () => [...units.all()].map(({ unit }) => unit);
  const states = () => changes.map(({ status }) => `${status.ActiveState} ${status.SubState}`);

  it('have the state that systemd reports when the tracking begins', async () => {
    systemd.define(web, { active: true, description: 'The web' });
    await units.track(web, 'SysVM', 'Svc');
    expect([...units.all()]).toEqual([
      { unit: web, vm: 'SysVM', service: 'Svc', status: await systemd.unitStatus(web), sinceMs: 0 },
    ]);
    expect(units.lastStatusOf(web)).toMatchObject({ ActiveState: 'active', Description: 'The web' });
    expect(changes).toEqual([]);
  });

  it('count as stopped and `not-found` when systemd does not know them', async () => {
    await units.track(web, 'SysVM', 'Svc');
    expect(units.lastStatusOf(web)).toEqual(stoppedStatus(web, { LoadState: 'not-found' }));
  });

  it('count as stopped while they are not tracked', () => {
    expect(units.lastStatusOf(web)).toEqual(stoppedStatus(web));
  });

  it('are reported at each change, in order, with its time and the ending of a service', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'], now: 1_000 });
    systemd.define(web, { active: true });
    await units.track(web, 'SysVM', 'Svc');
    systemd.crash(web);
    jest.setSystemTime(2_000);
    await systemd.startUnit(web);
    jest.useRealTimers();
    expect(changes).toMatchObject([
      {
        unit: web,
        status: { ActiveState: 'failed' },
        sinceMs: 1_000,
        ending: { result: 'exit-code', exitStatus: 1, stopRequested: false },
      },
      { unit: web, status: { ActiveState: 'active' }, sinceMs: 2_000, ending: undefined },
    ]);
    expect([...units.all()]).toEqual([changes[1]]);
  });

  it('are tracked once, even when that is requested repeatedly', async () => {
    systemd.define(web);
    await Promise.all([units.track(web, 'SysVM', 'Svc'), units.track(web, 'SysVM', 'Svc')]);
    await systemd.startUnit(web);
    expect(states()).toEqual(['active running']);
  });

  it('keep a change that is signalled while systemd is asked for their state', async () => {
    systemd.define(web);
    const ask = systemd.unitStatus.bind(systemd);
    jest.spyOn(systemd, 'unitStatus').mockImplementation(async (unit) => {
      const answer = await ask(unit);
      await systemd.startUnit(unit);
      return answer;
    });
    await units.track(web, 'SysVM', 'Svc');
    expect(units.lastStatusOf(web).ActiveState).toBe('active');
    expect([...units.all()][0]!.sinceMs).toBeGreaterThan(0);
  });

  it('keep a stop that is signalled while systemd is asked for their state, although they counted as stopped before', async () => {
    systemd.define(web, { active: true });
    const ask = systemd.unitStatus.bind(systemd);
    jest.spyOn(systemd, 'unitStatus').mockImplementation(async (unit) => {
      const answer = await ask(unit);
      await systemd.stopUnit(unit);
      return answer;
    });
    await units.track(web, 'SysVM', 'Svc');
    expect(units.lastStatusOf(web).ActiveState).toBe('inactive');
  });

  it('are not tracked while systemd is unreachable, and can be tracked later', async () => {
    systemd.define(web, { active: true });
    systemd.goAway();
    await expect(units.track(web, 'SysVM', 'Svc')).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(tracked()).toEqual([]);
    systemd.comeBack();
    await units.track(web, 'SysVM', 'Svc');
    expect(tracked()).toEqual([web]);
  });

  it('are not tracked when systemd leaves the bus during the request, and leave no watch behind', async () => {
    systemd.define(web, { active: true });
    jest.spyOn(systemd, 'unitStatus').mockImplementationOnce((unit) => {
      systemd.goAway();
      return systemd.unitStatus(unit);
    });
    await expect(units.track(web, 'SysVM', 'Svc')).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    systemd.comeBack();
    systemd.crash(web);
    expect([tracked(), changes]).toEqual([[], []]);
  });

  it.each([
    ['ActiveState', 'failed'],
    ['SubState', 'exited'],
    ['FreezerState', 'frozen'],
    ['LoadState', 'not-found'],
    ['Description', 'another'],
  ])('have changed when their %s has changed, and not otherwise', async (field, value) => {
    systemd.define(web, { active: true });
    let change!: OnUnitChange;
    jest.spyOn(systemd, 'watchUnit').mockImplementation((_, onChange) => {
      change = onChange;
      return Promise.resolve({ close: () => undefined });
    });
    await units.track(web, 'SysVM', 'Svc');
    const status = units.lastStatusOf(web);
    change({ ...status, Path: '/another' });
    expect(changes).toEqual([]);
    change({ ...status, [field]: value });
    expect(changes).toMatchObject([{ status: { [field]: value } }]);
    change({ ...status, [field]: value });
    expect(changes).toHaveLength(1);
  });

  describe('of applications', () => {
    const start = async () => {
      systemd.define(clock, { active: true });
      await units.track(clock, 'AppVM', 'App');
    };

    it('are tracked until they have ended, which is reported', async () => {
      await start();
      systemd.crash(clock);
      expect(states()).toEqual(['failed failed']);
      expect(tracked()).toEqual([]);
      await systemd.startUnit(clock);
      expect(states()).toEqual(['failed failed']);
    });

    it('are reported when they run and when they have ended, not while they start or stop', async () => {
      systemd.define(clock);
      await units.track(clock, 'AppVM', 'App');
      const release = systemd.holdStarts(clock);
      const started = systemd.startUnit(clock);
      await settled();
      release();
      await started;
      await systemd.freezeUnit(clock);
      await systemd.stopUnit(clock);
      expect(changes.map(({ status }) => [status.ActiveState, status.FreezerState])).toEqual([
        ['active', 'running'],
        ['active', 'frozen'],
        ['active', 'running'],
        ['inactive', 'running'],
      ]);
    });

    it('are not reported while they stop, and are tracked until they have stopped', async () => {
      await start();
      let change!: OnUnitChange;
      units.untrack(clock);
      jest.spyOn(systemd, 'watchUnit').mockImplementation((_, onChange) => {
        change = onChange;
        return Promise.resolve({ close: () => undefined });
      });
      await units.track(clock, 'AppVM', 'App');
      change({ ...units.lastStatusOf(clock), ActiveState: 'deactivating', SubState: 'stop-sigterm' });
      expect([changes, tracked()]).toEqual([[], [clock]]);
      change({ ...units.lastStatusOf(clock), ActiveState: 'inactive', SubState: 'dead' });
      expect([states(), tracked()]).toEqual([['inactive dead'], []]);
    });
  });

  it('are reported while they start and stop, and tracked after their end, if they are services', async () => {
    systemd.define(web);
    await units.track(web, 'SysVM', 'Svc');
    const release = systemd.holdStarts(web);
    const started = systemd.startUnit(web);
    await settled();
    release();
    await started;
    systemd.crash(web);
    expect(states()).toEqual(['activating start', 'active running', 'failed failed']);
    expect(tracked()).toEqual([web]);
  });

  it('are no longer watched when they are untracked, and after the shutdown', async () => {
    systemd.define(web, { active: true });
    systemd.define(clock, { active: true });
    await units.track(web, 'SysVM', 'Svc');
    await units.track(clock, 'AppVM', 'App');
    units.untrack(web);
    systemd.crash(web);
    expect([changes, tracked()]).toEqual([[], [clock]]);
    units.untrack('unknown.service' as UnitName);
    units.onApplicationShutdown();
    systemd.crash(clock);
    expect([changes, tracked()]).toEqual([[], []]);
  });
});
