// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Reports, startedUnit, stateOf, type SystemdUnderTest } from './systemd-under-test.fixture.js';

const stopped = 'inactive dead';

/** Start and stop jobs: their results, and what the watches have reported when the answer comes. */
export function describeJobs(subject: () => SystemdUnderTest): void {
  describe('a start job', () => {
    it('resolves with the state of the unit, which its watches have already reported', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      const reports = await Reports.of(systemd, unit);
      const status = await systemd.startUnit(unit);
      expect(stateOf(status)).toBe('active running');
      expect(status).toMatchObject({ Name: unit, LoadState: 'loaded', FreezerState: 'running' });
      expect(reports.states).toEqual(['active running']);
      expect(stateOf(await systemd.unitStatus(unit))).toBe('active running');
      await systemd.stopUnit(unit);
    });

    it('succeeds at once without a change when the unit runs', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'program');
      expect(stateOf(await systemd.startUnit(unit))).toBe('active running');
      expect(reports.states).toEqual([]);
      await systemd.stopUnit(unit);
    });

    it('starts a unit again that is active without a process', async () => {
      const { systemd } = subject();
      const unit = await subject().install('remains');
      expect(stateOf(await systemd.startUnit(unit))).toBe('active exited');
      const reports = await Reports.of(systemd, unit);
      expect(stateOf(await systemd.startUnit(unit))).toBe('active exited');
      expect(reports.states).toEqual([stopped, 'activating start', 'active exited']);
      await systemd.stopUnit(unit);
    });

    it('rejects with the result of a failed job, and the unit has failed', async () => {
      const { systemd } = subject();
      const unit = await subject().install('fails');
      const reports = await Reports.of(systemd, unit);
      await expect(systemd.startUnit(unit)).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `the start job of unit "${unit}" ended as "failed" (exit-code, status 1)`,
      });
      expect(reports.states).toEqual(['activating start', 'failed failed']);
      expect(reports.endings.at(-1)).toEqual({ result: 'exit-code', exitStatus: 1, stopRequested: false });
      expect(stateOf(await systemd.unitStatus(unit))).toBe('failed failed');
    });

    it('rejects with `dependency` when a dependency fails, and the unit stays inactive', async () => {
      const { systemd } = subject();
      const unit = await subject().install('requires-failing');
      await expect(systemd.startUnit(unit)).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `the start job of unit "${unit}" ended as "dependency"`,
      });
      expect(stateOf(await systemd.unitStatus(unit))).toBe(stopped);
    });

    it('rejects with `assert` when an assertion is not met, and the unit stays inactive', async () => {
      const { systemd } = subject();
      const unit = await subject().install('assert');
      const started = systemd.startUnit(unit);
      await expect(started).rejects.toThrow(/^the start job of unit "\S+" ended as "assert"$/);
      await expect(started).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
      expect(stateOf(await systemd.unitStatus(unit))).toBe(stopped);
    });

    it('succeeds when a condition is not met, and the unit stays inactive', async () => {
      const { systemd } = subject();
      const unit = await subject().install('condition');
      expect(stateOf(await systemd.startUnit(unit))).toBe(stopped);
    });

    it('is rejected for a masked unit', async () => {
      const { systemd } = subject();
      const unit = await subject().install('masked');
      await expect(systemd.startUnit(unit)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
      expect(await systemd.unitStatus(unit)).toMatchObject({ LoadState: 'masked', ActiveState: 'inactive' });
    });

    it('is shared by a second call, and continues when one of the callers hangs up', async () => {
      const { systemd } = subject();
      const unit = await subject().install('slow-start');
      const reports = await Reports.of(systemd, unit);
      const started = systemd.startUnit(unit);
      await reports.until('activating start');
      const abort = new AbortController();
      const second = systemd.startUnit(unit, abort.signal);
      await systemd.unitStatus(unit);
      abort.abort();
      await expect(second).rejects.toMatchObject({ reason: 'CANCELLED' });
      await subject().proceed(unit);
      expect(stateOf(await started)).toBe('active running');
      expect(reports.states).toEqual(['activating start', 'active running']);
      await systemd.stopUnit(unit);
    });

    it('is canceled by a stop job', async () => {
      const { systemd } = subject();
      const unit = await subject().install('slow-start');
      const reports = await Reports.of(systemd, unit);
      const started = expect(systemd.startUnit(unit)).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `the start job of unit "${unit}" ended as "canceled"`,
      });
      await reports.until('activating start');
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
      await started;
      expect(reports.states).toEqual(['activating start', 'deactivating stop-sigterm', stopped]);
    });

    it('fails when the program ends too early', async () => {
      const { systemd } = subject();
      const unit = await subject().install('slow-start');
      const reports = await Reports.of(systemd, unit);
      const started = expect(systemd.startUnit(unit)).rejects.toThrow(
        `the start job of unit "${unit}" ended as "failed"`,
      );
      await reports.until('activating start');
      await subject().endProgram(unit, 1);
      await started;
      expect(reports.last).toBe('failed failed');
    });
  });

  describe('a stop job', () => {
    it('resolves with the inactive unit, which its watches have already reported', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'program');
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
      expect(reports.states).toEqual(['deactivating stop-sigterm', stopped]);
      expect(reports.endings).toEqual([{ result: 'success', exitStatus: 15, stopRequested: true }]);
    });

    it('succeeds for a unit that does not run, and for one that does not exist', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
      await subject().uninstall(unit);
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
    });

    it('succeeds for a unit that is active without a process', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'remains');
      expect(stateOf(await systemd.stopUnit(unit))).toBe(stopped);
      expect(reports.states).toEqual([stopped]);
    });

    it('is canceled by a start job, which begins when the unit is down', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'slow-stop');
      const canceled = expect(systemd.stopUnit(unit)).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: `the stop job of unit "${unit}" ended as "canceled"`,
      });
      await reports.until('deactivating stop');
      const started = systemd.startUnit(unit);
      await canceled;
      await subject().proceed(unit);
      expect(stateOf(await started)).toBe('active running');
      expect(reports.states.filter((state) => !state.startsWith('deactivating'))).toEqual([stopped, 'active running']);
      const down = systemd.stopUnit(unit);
      await reports.until('deactivating stop', 3);
      await subject().proceed(unit);
      await down;
    });

    it('succeeds when the program fails while it stops, and the end counts as requested', async () => {
      const { systemd } = subject();
      const { unit, reports } = await startedUnit(subject(), 'slow-stop');
      const down = systemd.stopUnit(unit);
      await reports.until('deactivating stop');
      await subject().endProgram(unit, 1);
      await subject().proceed(unit);
      expect(stateOf(await down)).toBe(stopped);
      expect(reports.last).toBe('failed failed');
      expect(reports.endings.at(-1)).toEqual({ result: 'exit-code', exitStatus: 1, stopRequested: true });
    });
  });
}
