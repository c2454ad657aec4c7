// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitName } from '@givc/model';
import { Reports, startedUnit, stateOf, type SystemdUnderTest } from './systemd-under-test.fixture.js';

const stopped = 'inactive dead';

/** Names, ends of programs, signals and the freezer. */
export function describeUnits(subject: () => SystemdUnderTest): void {
  describe('a unit', () => {
    it('causes NOT_FOUND in every method when it does not exist', async () => {
      const { systemd } = subject();
      const unit = parseUnitName('unit', 'givc-contract-absent.service');
      const calls = ['startUnit', 'unitStatus', 'killUnit', 'freezeUnit', 'thawUnit', 'resourceUsage'] as const;
      for (const call of calls) await expect(systemd[call](unit)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      expect(await systemd.listUnits([unit])).toEqual([]);
    });

    it('cannot be killed, frozen, thawed or measured while it does not run', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      for (const call of ['killUnit', 'freezeUnit', 'thawUnit', 'resourceUsage'] as const)
        await expect(systemd[call](unit)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    });

    it.each([
      ['fails', 1, 'failed failed', { result: 'exit-code', exitStatus: 1 }],
      ['succeeds', 0, stopped, { result: 'success', exitStatus: 0 }],
    ] as const)('is reported with its ending when its program ends and %s', async (_how, status, state, ending) => {
      const { unit, reports } = await startedUnit(subject(), 'program');
      await subject().endProgram(unit, status);
      await reports.until(state);
      expect(reports.states).toEqual([state]);
      expect(reports.endings).toEqual([{ ...ending, stopRequested: false }]);
    });

    it('has failed by SIGKILL when the call that kills it resolves', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'program');
      expect(stateOf(await systemd.killUnit(unit))).toBe('failed failed');
      expect(reports.states).toEqual(['failed failed']);
      expect(reports.endings).toEqual([{ result: 'signal', exitStatus: 9, stopRequested: false }]);
    });

    it('is listed by the patterns that match its name while it runs', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      const names = async (...patterns: string[]) => (await systemd.listUnits(patterns)).map(({ Name }) => Name);
      expect(await names(unit.replace('givc', '*').replace(/.service$/, '.*'), 'nothing-*')).toEqual([unit]);
      expect(await names(unit.replace('service', 'socket'))).toEqual([]);
      expect(await names()).toEqual([]);
      await systemd.stopUnit(unit);
    });

    it('has resource usage while it runs', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      const usage = await systemd.resourceUsage(unit);
      expect([usage.cpuNsec, usage.activeNsec, usage.memoryBytes, usage.tasks].map((value) => typeof value)).toEqual([
        ...['bigint', 'bigint', 'number', 'number'],
      ]);
      await systemd.stopUnit(unit);
    });

    it('has its own name and state when it is an instance of a template', async () => {
      const { systemd } = subject();
      const template = await subject().installTemplate();
      const [one, two] = ['one', 'two'].map((name) => parseUnitName('unit', `${template}${name}.service`));
      expect(stateOf(await systemd.unitStatus(one!))).toBe(stopped);
      expect(await systemd.startUnit(one!)).toMatchObject({ Name: one, ActiveState: 'active' });
      expect(stateOf(await systemd.unitStatus(two!))).toBe(stopped);
      const listed = await systemd.listUnits([`${template}*.service`]);
      expect(listed.filter(({ ActiveState }) => ActiveState === 'active').map(({ Name }) => Name)).toEqual([one]);
      await systemd.stopUnit(one!);
    });

    it('is the same under its alias, and its changes are reported to the watches of both names', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      const alias = await subject().alias(unit);
      const reports = await Promise.all([unit, alias].map((name) => Reports.of(systemd, name)));
      expect(await systemd.startUnit(alias)).toMatchObject({ ActiveState: 'active' });
      const [own, other] = [await systemd.unitStatus(unit), await systemd.unitStatus(alias)];
      expect([own.Name, other.Name]).toEqual([unit, alias]);
      expect(other.Path).toBe(own.Path);
      await systemd.stopUnit(unit);
      for (const { states } of reports)
        expect(states).toEqual(['active running', 'deactivating stop-sigterm', stopped]);
    });

    it('is unknown when its file was removed and it does not run', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      const reports = await Reports.of(systemd, unit);
      await subject().uninstall(unit);
      await expect(systemd.unitStatus(unit)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      await expect(systemd.startUnit(unit)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      expect(reports.states).toEqual([]);
    });
  });

  describe('the freezer', () => {
    it('freezes and thaws a unit that runs, as often as it is asked; each change is reported once', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'program');
      for (let times = 0; times < 2; times++) expect((await systemd.freezeUnit(unit)).FreezerState).toBe('frozen');
      for (let times = 0; times < 2; times++) expect((await systemd.thawUnit(unit)).FreezerState).toBe('running');
      expect(reports.states).toEqual(['active running frozen', 'active running']);
      await systemd.stopUnit(unit);
    });

    it('thaws a unit that is stopped', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      await systemd.freezeUnit(unit);
      const reports = await Reports.of(systemd, unit);
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
      expect(reports.states).toEqual(['active running', 'deactivating stop-sigterm', stopped]);
    });

    it('thaws a unit that is killed, and its next start is not frozen', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      await systemd.freezeUnit(unit);
      expect(stateOf(await systemd.killUnit(unit))).toBe('failed failed');
      expect(stateOf(await systemd.startUnit(unit))).toBe('active running');
      await systemd.stopUnit(unit);
    });

    it('does not accept a unit that has a job', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'slow-stop');
      const down = systemd.stopUnit(unit);
      await reports.until('deactivating stop');
      for (const call of ['freezeUnit', 'thawUnit'] as const)
        await expect(systemd[call](unit)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
      await subject().proceed(unit);
      await down;
    });
  });
}
