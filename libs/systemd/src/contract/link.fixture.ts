// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Reports, stateOf, type SystemdBench } from './bench.fixture.js';

/** Watches, the manager's environment, and the loss of the manager. */
export function describeLink(bench: () => SystemdBench): void {
  describe('a watch', () => {
    it('waits for a unit that does not exist yet', async () => {
      const { systemd } = bench();
      const service = bench().transient();
      const reports = await Reports.of(systemd, service.unit);
      expect(reports.states).toEqual([]);
      await systemd.startTransientService(service);
      expect(reports.last).toBe('active running');
      await systemd.stopUnit(service.unit);
    });

    it('reports nothing once it is closed, while others continue', async () => {
      const { systemd } = bench();
      const unit = await bench().install('program');
      const [closed, open] = [await Reports.of(systemd, unit), await Reports.of(systemd, unit)];
      closed.close();
      closed.close();
      await systemd.startUnit(unit);
      expect([closed.states, open.states]).toEqual([[], ['active running']]);
      await systemd.stopUnit(unit);
    });

    it('reports nothing during a reload, and continues after it', async () => {
      const { systemd } = bench();
      const unit = await bench().install('program');
      await systemd.startUnit(unit);
      const reports = await Reports.of(systemd, unit);
      await bench().reload();
      await systemd.unitStatus(unit);
      expect(reports.states).toEqual([]);
      await bench().endProgram(unit, 0);
      await reports.until('inactive dead');
    });
  });

  describe('the environment of the manager', () => {
    it('contains the variables that were set, and not those that were unset', async () => {
      const { systemd } = bench();
      await systemd.setEnvironment({ GIVC_ONE: '1', GIVC_TWO: 'a=b' });
      expect(await systemd.managerEnvironment()).toMatchObject({ GIVC_ONE: '1', GIVC_TWO: 'a=b' });
      await systemd.setEnvironment({ GIVC_ONE: undefined, GIVC_TWO: 'c' });
      const environment = await systemd.managerEnvironment();
      expect([environment['GIVC_ONE'], environment['GIVC_TWO']]).toEqual([undefined, 'c']);
      await systemd.setEnvironment({ GIVC_TWO: undefined });
    });

    it('is read from a manager that is not stopping', async () => {
      expect(await bench().systemd.isStopping()).toBe(false);
    });
  });

  describe('an unreachable manager', () => {
    it('rejects pending jobs as accepted and new ones as not sent, and its watches report the state found later', async () => {
      const { systemd } = bench();
      const [slow, running] = [await bench().install('slow-start'), await bench().install('program')];
      const unwatched = await bench().install('program');
      await systemd.startUnit(running);
      const reports = await Promise.all([slow, running].map((unit) => Reports.of(systemd, unit)));
      const pending = expect(systemd.startUnit(slow)).rejects.toMatchObject({
        ...{ reason: 'UNAVAILABLE', info: { reason: 'JOB_ACCEPTED' } },
      });
      await reports[0]!.until('activating start');
      await bench().disconnect();
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
      await bench().proceed(slow);
      await bench().reconnect();
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
      const { systemd } = bench();
      const unit = await bench().install('program');
      await systemd.startUnit(unit);
      const reports = await Reports.of(systemd, unit);
      await bench().reexecute();
      await reports.until('active running');
      expect(stateOf(await systemd.unitStatus(unit))).toBe('active running');
      await bench().endProgram(unit, 1);
      await reports.until('failed failed');
    });
  });
}
