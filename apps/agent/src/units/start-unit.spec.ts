// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus, type UnitName } from '@givc/model';
import { FakeSystemd, type OnUnitChange } from '@givc/systemd';
import { startUnit } from './start-unit.js';

const [web, reboot] = ['web.service', 'reboot.target'] as UnitName[] as [UnitName, UnitName];
const [suspend, sleeping] = ['suspend.target', 'systemd-suspend.service'] as UnitName[] as [UnitName, UnitName];

describe('the start of a unit', () => {
  let systemd: FakeSystemd;
  beforeEach(() => {
    systemd = new FakeSystemd();
    for (const unit of [web, reboot, suspend, sleeping]) systemd.define(unit);
  });

  it('resolves with the state of the unit, and rejects with the message of systemd', async () => {
    expect(await startUnit(systemd, web)).toMatchObject({ ActiveState: 'active' });
    systemd.failNextStart(reboot);
    await expect(startUnit(systemd, reboot)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('does not wait for the state of the machine when it succeeds', async () => {
    jest.spyOn(systemd, 'isStopping').mockReturnValue(new Promise(() => undefined));
    expect(await startUnit(systemd, web)).toMatchObject({ ActiveState: 'active' });
  });

  it('fails by its own error when the state of the machine could not be read before it', async () => {
    jest.spyOn(systemd, 'isStopping').mockRejectedValueOnce(new GivcError('UNAVAILABLE', 'systemd has left the bus'));
    systemd.failNextStart(web);
    await expect(startUnit(systemd, web)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('starts a unit again that is active without a process, but not one that runs', async () => {
    const once = systemd.define('once.service', { remains: true });
    const seen: string[] = [];
    for (const unit of [once, web])
      await systemd.watchUnit(unit, ({ Name, ActiveState, SubState }) =>
        seen.push(`${Name} ${ActiveState} ${SubState}`),
      );
    for (const unit of [once, web, once, web]) await startUnit(systemd, unit);
    expect(seen).toEqual([
      'once.service activating start',
      'once.service active exited',
      'web.service active running',
      'once.service inactive dead',
      'once.service activating start',
      'once.service active exited',
    ]);
  });

  /** Ends the start of a unit after another event. */
  const startThatEnds = async (unit: UnitName, meanwhile: () => Promise<unknown> | void) => {
    systemd.holdStarts(unit);
    const activating = new Promise<void>((resolve) => {
      void systemd.watchUnit(unit, ({ ActiveState }) => ActiveState === 'activating' && resolve());
    });
    const started = startUnit(systemd, unit);
    started.catch(() => undefined);
    await activating;
    await meanwhile();
    return started;
  };

  it.each([web, reboot])('fails with the info that the machine is stopping: %s', async (unit) => {
    const start = startThatEnds(unit, async () => {
      systemd.stopping = true;
      await systemd.stopUnit(unit);
    });
    await expect(start).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: `the machine shuts down: the start job of unit "${unit}" ended as "canceled"`,
      info: { reason: 'MACHINE_STOPPING' },
    });
  });

  it('is an ordinary failure on a machine that was already going down', async () => {
    systemd.stopping = true;
    systemd.failNextStart(web);
    await expect(startUnit(systemd, web)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION', info: undefined });
  });

  it('fails with the info whether systemd had accepted the job when it left the bus', async () => {
    const start = startThatEnds(reboot, () => systemd.goAway());
    await expect(start).rejects.toMatchObject({ reason: 'UNAVAILABLE', info: { reason: 'JOB_ACCEPTED' } });
    const next = startUnit(systemd, reboot);
    await expect(next).rejects.toMatchObject({ reason: 'UNAVAILABLE', info: { reason: 'SYSTEMD_AWAY' } });
  });

  it('fails with the info that the job was accepted when systemd leaves the bus at its end', async () => {
    const start = startThatEnds(web, async () => {
      jest.spyOn(systemd, 'isStopping').mockRejectedValue(new GivcError('UNAVAILABLE', 'systemd cannot be reached'));
      await systemd.stopUnit(web);
    });
    await expect(start).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: `the start job of unit "${web}" ended as "canceled", and then systemd left the bus`,
      info: { reason: 'JOB_ACCEPTED' },
    });
  });

  describe('of a unit that suspends the machine', () => {
    it.each<[string, (end: () => void) => void]>([
      ['after its state was requested', (end) => void setImmediate(end)],
      ['while its state is being requested', (end) => end()],
    ])('succeeds when its service is stopped, even when the service ends only %s', async (_, soon) => {
      let report: OnUnitChange = () => undefined;
      const ending = { result: 'signal', exitStatus: 15, stopRequested: true };
      jest.spyOn(systemd, 'watchUnit').mockImplementation((_unit, onChange) => {
        report = onChange;
        return Promise.resolve({ close: () => undefined });
      });
      jest.spyOn(systemd, 'unitStatus').mockImplementation((unit) => {
        soon(() => report(stoppedStatus(unit), ending));
        return Promise.resolve({ ...stoppedStatus(unit), ActiveState: 'deactivating' });
      });
      jest.spyOn(systemd, 'startUnit').mockRejectedValue(new GivcError('FAILED_PRECONDITION', 'canceled'));
      await expect(startUnit(systemd, suspend)).resolves.toMatchObject({ Name: suspend });
    });

    it('succeeds when its service is stopped, which is how a blocking suspend ends', async () => {
      const start = startThatEnds(sleeping, () => systemd.stopUnit(sleeping));
      await expect(start).resolves.toMatchObject({ Name: sleeping, ActiveState: 'inactive' });
    });

    it('fails when its caller hangs up while its service is stopping', async () => {
      const canceled = new GivcError('FAILED_PRECONDITION', 'canceled');
      const caller = new AbortController();
      jest.spyOn(systemd, 'unitStatus').mockImplementation((unit) => {
        caller.abort();
        return Promise.resolve({ ...stoppedStatus(unit), ActiveState: 'deactivating' });
      });
      jest.spyOn(systemd, 'startUnit').mockRejectedValue(canceled);
      await expect(startUnit(systemd, suspend, caller.signal)).rejects.toBe(canceled);
    });

    it('succeeds when the service of its target is stopped, which fails the target', async () => {
      systemd.holdStarts(sleeping);
      void systemd.startUnit(sleeping).catch(() => undefined);
      const start = startThatEnds(suspend, async () => {
        await systemd.stopUnit(sleeping);
        await systemd.stopUnit(suspend);
      });
      await expect(start).resolves.toMatchObject({ Name: suspend, ActiveState: 'inactive' });
    });

    it('fails when its service fails, and when nothing was stopped', async () => {
      systemd.failNextStart(sleeping);
      await expect(startUnit(systemd, sleeping)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
      systemd.failNextStart(suspend, 'dependency');
      await expect(startUnit(systemd, suspend)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    });

    it('leaves no watch behind', async () => {
      const close = jest.fn();
      jest.spyOn(systemd, 'watchUnit').mockResolvedValue({ close });
      await startUnit(systemd, suspend);
      expect(close).toHaveBeenCalledTimes(1);
    });
  });
});
