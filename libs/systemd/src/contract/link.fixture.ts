// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { Reports, stateOf, type SystemdUnderTest } from './systemd-under-test.fixture.js';

/** Watches, the manager's environment, and the loss of the manager. */
export function describeLink(subject: () => SystemdUnderTest): void {
  describe('a watch', () => {
    it('waits for a unit that does not exist yet', async () => {
      const { systemd } = subject();
      const service = subject().transient();
      const reports = await Reports.of(systemd, service.unit);
      expect(reports.states).toEqual([]);
      await systemd.startTransientService(service);
      expect(reports.last).toBe('active running');
      await systemd.stopUnit(service.unit);
    });

    it('reports nothing once it is closed, while others continue', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      const [closed, open] = [await Reports.of(systemd, unit), await Reports.of(systemd, unit)];
      closed.close();
      closed.close();
      await systemd.startUnit(unit);
      expect([closed.states, open.states]).toEqual([[], ['active running']]);
      await systemd.stopUnit(unit);
    });

    it('reports nothing during a reload, and continues after it', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      const reports = await Reports.of(systemd, unit);
      await subject().reload();
      await systemd.unitStatus(unit);
      expect(reports.states).toEqual([]);
      await subject().endProgram(unit, 0);
      await reports.until('inactive dead');
    });
  });

  describe('the environment of the manager', () => {
    it('contains the variables that were set, and not those that were unset', async () => {
      const { systemd } = subject();
      await systemd.setEnvironment({ GIVC_ONE: '1', GIVC_TWO: 'a=b' });
      expect(await systemd.managerEnvironment()).toMatchObject({ GIVC_ONE: '1', GIVC_TWO: 'a=b' });
      await systemd.setEnvironment({ GIVC_ONE: undefined, GIVC_TWO: 'c' });
      const environment = await systemd.managerEnvironment();
      expect([environment['GIVC_ONE'], environment['GIVC_TWO']]).toEqual([undefined, 'c']);
      await systemd.setEnvironment({ GIVC_TWO: undefined });
    });

    it('is read from a manager that is not stopping', async () => {
      expect(await subject().systemd.isStopping()).toBe(false);
    });
  });

  describe('the settings of the manager', () => {
    it('have its version, which begins with a number', async () => {
      expect(await subject().systemd.version()).toMatch(/^[0-9]{3}/);
    });

    it('have time limits for the jobs of a service, and none for units without a file or of another type', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      const { startMs, stopMs } = (await systemd.timeLimits(unit))!;
      expect([startMs, stopMs].every((limit) => limit >= 1_000)).toBe(true);
      expect(await systemd.timeLimits('basic.target' as UnitName)).toBeUndefined();
      await expect(systemd.timeLimits('no-such.service' as UnitName)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    });
  });

  describe('an unreachable manager', () => {
    it('rejects pending jobs as accepted and new ones as not sent, and its watches report the state found later', async () => {
      const { systemd } = subject();
      const [slow, running] = [await subject().install('slow-start'), await subject().install('program')];
      const unwatched = await subject().install('program');
      await systemd.startUnit(running);
      const reports = await Promise.all([slow, running].map((unit) => Reports.of(systemd, unit)));
      const pending = expect(systemd.startUnit(slow)).rejects.toMatchObject({
        ...{ reason: 'UNAVAILABLE', info: { reason: 'JOB_ACCEPTED' } },
      });
      await reports[0]!.until('activating start');
      await subject().disconnect();
      await pending;
      const calls = [
        () => systemd.startUnit(running),
        () => systemd.unitStatus(running),
        () => systemd.listUnits(['*']),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({ reason: 'UNAVAILABLE', info: { reason: 'SYSTEMD_AWAY' } });
      await expect(systemd.watchUnit(unwatched, () => undefined)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      reports.push(await Reports.of(systemd, running));
      await subject().proceed(slow);
      await subject().reconnect();
      await Promise.all(reports.map((each) => each.until('active running')));
      expect(reports.map(({ states }) => states)).toEqual([
        ['activating start', 'active running'],
        ['active running'],
        ['active running'],
      ]);
      await Promise.all([slow, running].map((unit) => systemd.stopUnit(unit)));
      expect(reports.map(({ last }) => last)).toEqual(Array(3).fill('inactive dead'));
    });

    it('keeps its units when it is re-executed, and reports their state and their changes', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      const reports = await Reports.of(systemd, unit);
      await subject().reexecute();
      await reports.until('active running');
      expect(stateOf(await systemd.unitStatus(unit))).toBe('active running');
      await subject().endProgram(unit, 1);
      await reports.until('failed failed');
    });
  });
}
