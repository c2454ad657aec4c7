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

  it('is answered with the state of the unit, and with what systemd says of a failure', async () => {
    expect(await startUnit(systemd, web)).toMatchObject({ ActiveState: 'active' });
    systemd.failNextStart(reboot);
    await expect(startUnit(systemd, reboot)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('is done again of a unit that is active without a process, and not of one that runs', async () => {
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

  /** Ends the start of a unit after something else has happened. */
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

  it.each([web, reboot])('of which the machine has gone down says so: %s', async (unit) => {
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

  it('that fails on a machine which was going down before is a failure', async () => {
    systemd.stopping = true;
    systemd.failNextStart(web);
    await expect(startUnit(systemd, web)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION', info: undefined });
  });

  it('that systemd has accepted and not ended when it left the bus says so, as does one that it was not asked for', async () => {
    const start = startThatEnds(reboot, () => systemd.goAway());
    await expect(start).rejects.toMatchObject({ reason: 'UNAVAILABLE', info: { reason: 'JOB_ACCEPTED' } });
    const next = startUnit(systemd, reboot);
    await expect(next).rejects.toMatchObject({ reason: 'UNAVAILABLE', info: { reason: 'SYSTEMD_AWAY' } });
  });

  it('that fails as systemd leaves the bus says that the job was accepted', async () => {
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

  describe('that suspends the machine', () => {
    it.each<[string, (end: () => void) => void]>([
      ['after it was asked about', (end) => void setImmediate(end)],
      ['while it is asked about', (end) => end()],
    ])('is done when its service is stopped, also when that ends only %s', async (_, soon) => {
      let report: OnUnitChange = () => undefined;
      const ending = { result: 'signal', status: 15, stopRequested: true };
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

    it('is done when its service is stopped, which is how a suspend that only blocks resumes', async () => {
      const start = startThatEnds(sleeping, () => systemd.stopUnit(sleeping));
      await expect(start).resolves.toMatchObject({ Name: sleeping, ActiveState: 'inactive' });
    });

    it('fails when its caller goes away while its service takes its time to end', async () => {
      const canceled = new GivcError('FAILED_PRECONDITION', 'canceled');
      const caller = new AbortController();
      jest.spyOn(systemd, 'unitStatus').mockImplementation((unit) => {
        caller.abort();
        return Promise.resolve({ ...stoppedStatus(unit), ActiveState: 'deactivating' });
      });
      jest.spyOn(systemd, 'startUnit').mockRejectedValue(canceled);
      await expect(startUnit(systemd, suspend, caller.signal)).rejects.toBe(canceled);
    });

    it('is done when the service of its target is stopped, which fails the target', async () => {
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

    it('leaves nothing behind that watches', async () => {
      const close = jest.fn();
      jest.spyOn(systemd, 'watchUnit').mockResolvedValue({ close });
      await startUnit(systemd, suspend);
      expect(close).toHaveBeenCalledTimes(1);
    });
  });
});
